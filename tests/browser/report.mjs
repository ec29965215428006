// What the report promises its readers.
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert, test, url } from './harness.mjs';

export async function report(file) {
  const data = JSON.parse(readFileSync(join(dirname(file), 'report.json'), 'utf8'));
  const findings = data.findings.length;
  const count = outcome => data.findings.filter(f => f.outcome === outcome).length;
  const rows = page => page.locator('#rules tbody:visible');
  const sum = page => rows(page).evaluateAll(trs => trs.reduce((n, tr) => n + Number(tr.dataset.n), 0));

  await test('the data in the page is report.json', file, {}, async page => {
    const carried = await page.evaluate(() => JSON.parse(document.getElementById('report-data').textContent));
    assert.deepEqual(carried, data);
  });

  for (const [width, height] of [[1280, 720], [390, 844]]) {
    await test(`verdict, score and counts are on the first screen of ${width} by ${height}`, file, { viewport: { width, height } }, async page => {
      for (const part of ['h1', '.score .big', '.segk']) {
        const box = await page.locator(part).first().boundingBox();
        assert.ok(box && box.y >= 0 && box.y + box.height <= height, `${part} ends at ${box && box.y + box.height}`);
      }
    });
  }

  await test('what blocks begins on the first screen of a laptop', file, { viewport: { width: 1280, height: 720 } }, async page => {
    if (data.gate.open) return;
    assert.ok((await page.locator('.todo').boundingBox()).y < 720);
  });

  await test('the page says the verdict of the data', file, {}, async page => {
    const words = { ready: 'is ready', 'not-proven': 'is not proven ready', 'not-ready': 'is not ready' };
    assert.ok((await page.locator('h1').innerText()).endsWith(words[data.verdict]));
    assert.equal(Number(await page.locator('.score .big').innerText()), data.score.overall);
    assert.equal(await sum(page), findings);
  });

  await test('filter by outcome: counted, announced, kept in the address', file, {}, async page => {
    const outcome = ['fail', 'no-evidence', 'unproven', 'pass'].find(o => count(o) > 0);
    await page.locator(`#rules .filters button[value=${outcome}]`).click();
    assert.equal(await sum(page), count(outcome));
    assert.equal(await page.locator('#rules .filters output').innerText(), `Showing ${count(outcome)} of ${findings}`);
    assert.ok(page.url().endsWith(`#rules:${outcome}`));
    const again = await page.context().newPage();
    await again.goto(page.url());
    assert.equal(await sum(again), count(outcome));
    await page.locator('#rules .filters button[value=""]').click();
    assert.equal(await sum(page), findings);
  });

  await test('a run of the audited job opens, without script too', file, { javaScriptEnabled: false }, async page => {
    const runs = data.evidence.flatMap(e => e.records['audit.run'] ?? []);
    if (!runs.length) return;
    const newest = runs.reduce((a, b) => (a.at.at > b.at.at ? a : b));
    const rows = data.evidence.flatMap(e => e.records['audit.operation'] ?? []).filter(row => row.run === newest.id);
    await page.locator('#audit details.runs > summary').click();
    const run = page.locator('#run-1');
    assert.ok((await run.innerText()).includes(newest.id));
    await run.locator('details > summary').click();
    const tables = run.locator('.in tbody tr');
    assert.equal(await tables.count(), rows.length);
    for (const [i, row] of rows.entries()) {
      const text = await tables.nth(i).innerText();
      assert.ok(text.includes(row.table) && text.includes(row.cutoff.at.slice(0, 10)), text);
    }
  });

  await test('search in the rules', file, {}, async page => {
    const rule = data.findings[0].rule;
    await page.locator('#rules').getByRole('searchbox').fill(rule.toUpperCase());
    const shown = await rows(page).count();
    assert.ok(shown >= 1 && shown < await page.locator('#rules tbody').count());
    await page.locator('#rules').getByRole('searchbox').fill('no rule has this text');
    assert.equal(await rows(page).count(), 0);
  });

  await test('sort by keyboard, with aria-sort', file, {}, async page => {
    const button = page.locator('#rules th button').nth(1);
    await button.focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#rules th[aria-sort]').getAttribute('aria-sort'), 'ascending');
    const names = (await page.locator('#rules tbody th').allTextContents()).map(text => text.trim());
    assert.deepEqual(names, [...names].sort((a, b) => a.localeCompare(b)));
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#rules th[aria-sort]').getAttribute('aria-sort'), 'descending');
  });

  await test('a link to a rule opens it and brings it into view', file, {}, async page => {
    const id = await page.locator('#rules tbody').last().getAttribute('id');
    const other = await page.context().newPage();
    await other.goto(url(file, '#' + id));
    assert.ok(await other.locator(`#${id} details`).evaluate(d => d.open));
    await other.waitForFunction(id => {
      const { top } = document.getElementById(id).getBoundingClientRect();
      return top >= 0 && top < innerHeight;
    }, id, { timeout: 3000 });
  });

  await test('without script every rule shows and its details open', file, { javaScriptEnabled: false }, async page => {
    assert.equal(await sum(page), findings);
    await page.locator('#rules summary').first().click();
    assert.ok(await page.locator('#rules details .in').first().isVisible());
  });

  const cases = data.evidence.flatMap(entry => entry.records['golden.case'] ?? []).slice(0, 300);
  if (cases.length) {
    const fold = page => page.locator('#golden details.fold').first();
    const open = page => fold(page).evaluate(d => { d.open = true; });
    const visible = page => page.locator('#golden-cases tbody:visible').count();

    await test('golden cases: filter by outcome, category and text', file, {}, async page => {
      await open(page);
      const bar = page.locator('[data-filter=golden-cases]');
      assert.equal(await visible(page), cases.length);
      const outcome = cases[0].outcome, category = cases[0].category;
      const of = such => cases.filter(such).length;
      await bar.locator(`button[value=${outcome}]`).click();
      assert.equal(await visible(page), of(c => c.outcome === outcome));
      await bar.locator('select').selectOption(category);
      assert.equal(await visible(page), of(c => c.outcome === outcome && c.category === category));
      assert.ok((await bar.locator('output').innerText()).startsWith('Showing '));
      await bar.locator('button[value=""]').click();
      await bar.locator('select').selectOption('');
      await bar.getByRole('searchbox').fill(cases[0].id.toUpperCase());
      assert.equal(await visible(page), 1);
      await bar.getByRole('searchbox').fill('no case has this text');
      assert.equal(await visible(page), 0);
    });

    await test('golden cases: the worst come first, and the fold opens by keyboard', file, {}, async page => {
      const order = ['failed', 'error', 'not-judged', 'skipped', 'passed', 'not-applicable'];
      const ranks = await page.locator('#golden-cases tbody').evaluateAll((all, order) => all.map(b => order.indexOf(b.dataset.s.split(' ')[0])), order);
      assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b));
      const was = await fold(page).evaluate(d => d.open);
      await fold(page).locator('summary').first().focus();
      await page.keyboard.press('Enter');
      assert.equal(await fold(page).evaluate(d => d.open), !was);
    });
  }

  await test('charts are drawn for the width of the screen', file, {}, async page => {
    const shown = () => page.evaluate(() => ['wide', 'narrow'].map(size => [...document.querySelectorAll('.chart.' + size)].filter(s => s.getClientRects().length).length));
    const all = await page.locator('.chart.wide').count();
    assert.deepEqual(await shown(), [all, 0]);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.deepEqual(await shown(), [0, all]);
  });

  await test('stacked tables stay tables for screen readers at 390 px', file, { viewport: { width: 390, height: 844 } }, async (page, session) => {
    const tables = await page.evaluate(() => [...document.querySelectorAll('table')].filter(t => t.checkVisibility({ contentVisibilityAuto: true })).length);
    const tool = await session.newCDPSession(page);
    const roles = (await tool.send('Accessibility.getFullAXTree')).nodes.map(n => n.role?.value);
    const has = role => roles.filter(r => r === role).length;
    assert.equal(has('table'), tables);
    assert.ok(has('row') > tables && has('cell') > 0 && has('rowheader') > 0 && has('columnheader') > 0);
  });

  await test('paper: details are open, headers repeat, navigation is gone', file, {}, async page => {
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.side').isVisible(), false);
    assert.equal(await page.locator('.filters').first().isVisible(), false);
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('#rules thead')).display), 'table-header-group');
    assert.ok((await page.locator('#rules details .in').first().boundingBox()).height > 10);
    assert.ok(await page.locator('#rules thead th').nth(1).innerText() !== '');
    const pdf = await page.pdf({ format: 'A4', tagged: true, outline: true, preferCSSPageSize: true });
    const pages = (pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g) ?? []).length;
    assert.ok(pages > 0 && pages <= 12 + findings / 4, `${pages} pages`);
    assert.ok(pdf.includes('/StructTreeRoot'), 'tagged');
  });

  await test('small without its data, and painted at once', file, {}, async page => {
    const size = statSync(file).size - await page.evaluate(() => document.getElementById('report-data').textContent.length);
    const opened = await page.locator('#audit .runs .more').count();
    const limit = 190 + 1.5 * Math.max(0, findings - 20) + 2 * opened;
    assert.ok(size <= limit * 1024, `${Math.round(size / 1024)} KiB, limit ${limit}`);
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length);
    const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
    assert.ok(painted < 1500, `${Math.round(painted)} ms`);
  });
}
