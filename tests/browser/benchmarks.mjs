// The benchmark section: accepted steps, drifts and releases, as a person sees them.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everyPage } from './every-page.mjs';
import { assert, test } from './harness.mjs';

const NOW = '2026-02-18T06:00:00Z';
const NIGHTS = 90;
const DAY = 86_400_000;
const NOISE = [0.3, -0.7, 1, -0.2, 0.6, -1, 0.1, -0.4, 0.8, -0.5, 0];

/** The commit of the night so many nights ago. */
const commit = ago => createHash('sha1').update(String(ago)).digest('hex');

/** Values about levels, each so many nights long, with noise of one percent. */
const levels = (...all) => all.flatMap(([level, n]) => Array(n).fill(level)).map((level, i) => level * (1 + NOISE[i % NOISE.length] / 100));

const SERIES = {
  digest: levels([362, 70], [412, 20]),
  search: levels([41, 82], [47, 8]),
  query: levels([118, 78], [141, 12]),
  ingest: levels([20, 30], [23, 60]),
  cache: levels([5, NIGHTS]).map((value, i) => value * (1 + 0.22 * i / NIGHTS)),
  render: levels([77, NIGHTS]),
  rows: levels([1832, 70], [2410, 20]),
};

const ACCEPTED = [
  [20, 'digest', 'the output is sealed since OPS-42', '"@alice"', '2026-03-31', ''],
  [8, 'search', 'a larger index', '"@bob"', '2026-02-10', ''],
  [12, 'query p95', 'encryption costs a little', '"@carol"', '2026-03-31', '  up_to: 10%\n'],
  [60, 'ingest', 'checks every row', '"@dave"', '2026-03-31', ''],
  [20, 'digset', 'a slip of the pen', '"@erin"', '2026-03-31', ''],
];

function history() {
  const lines = [];
  for (const [benchmark, values] of Object.entries(SERIES)) {
    values.forEach((value, i) => {
      const ago = NIGHTS - i;
      const at = new Date(Date.parse('2026-02-18T02:05:00Z') - (ago - 1) * DAY).toISOString();
      const release = { 71: 'v4.0.0', 40: 'v4.1.0', 38: 'v4.1.1', 5: 'v4.2.0-rc.1' }[ago];
      lines.push(JSON.stringify({ schema: 'readiness/history/1', run: `night-${ago}`, at, commit: commit(ago), release, machine: 'm1', benchmark, value, ...(benchmark === 'rows' ? { metric: 'rate', unit: 'rows/s', direction: 'higher' } : { metric: 'p95', unit: 'ms', direction: 'lower' }) }));
    });
  }
  return lines.join('\n') + '\n';
}

const acknowledged = () => ACCEPTED.map(([ago, benchmark, reason, owner, expires, more]) =>
  `- commit: "${commit(ago)}"\n  benchmark: ${benchmark}\n  reason: ${reason}\n  owner: ${owner}\n  expires: ${expires}\n${more}`).join('');

/** A project whose nights ended with accepted, expired and slow changes; gives its folder and its report. */
function project() {
  const folder = mkdtempSync(join(tmpdir(), 'readiness-'));
  const put = (name, text) => writeFileSync(join(folder, name), text);
  put('readiness.yaml', 'project: { id: p, name: Nights, repository: "https://forge.example/o/p" }\nevidence:\n  nightly: { family: benchmark, path: history.jsonl }\npacks: [nightly-bench]\n');
  put('history.jsonl', history());
  put('acknowledged.yaml', acknowledged());
  const ran = spawnSync(process.env.READINESS, ['check', '--now', NOW, '--emit', 'html=nights.html'], { cwd: folder, encoding: 'utf8' });
  assert.equal(ran.status, 1, ran.stdout + ran.stderr);
  return [folder, join(folder, 'nights.html')];
}

const SCREENS = [['a desk', { viewport: { width: 1280, height: 860 } }, 'wide'], ['a phone', { viewport: { width: 390, height: 844 } }, 'narrow']];

export async function benchmarks() {
  const [folder, file] = project();
  const figure = (page, name) => page.locator('#benchmarks figure', { has: page.locator('figcaption b', { hasText: name }) });
  const short = ago => commit(ago).slice(0, 7);

  for (const [where, options, size] of SCREENS) {
    const texts = (page, name) => figure(page, name).locator(`.chart.${size} text`).allTextContents();

    await test(`benchmarks on ${where}: an accepted step is marked as one, in words and by its line`, file, options, async page => {
      assert.equal(await figure(page, 'digest p95').locator('figcaption b').innerText(), 'digest p95 changed its level, and that is acknowledged');
      const [full, less] = [`2026-01-30, ${short(20)}, +13.8 %, acknowledged`, '+13.8 %, acknowledged'];
      assert.ok((await texts(page, 'digest p95')).includes(size === 'wide' ? full : less), `${await texts(page, 'digest p95')}`);
      // Who sees no colours sees a dashed line, where that of a step nobody accepts is not.
      const dashes = (name, line) => figure(page, name).locator(`.chart.${size} .${line}`).evaluateAll(all => all.map(e => getComputedStyle(e).strokeDasharray));
      assert.ok((await dashes('digest p95', 'l-claim')).every(dash => dash !== 'none') && (await dashes('digest p95', 'l-fail')).length === 0);
      assert.ok((await dashes('query p95', 'l-fail')).includes('none') && (await dashes('query p95', 'l-claim')).length === 0);
      const row = await figure(page, 'digest p95').locator('tbody tr').first().innerText();
      assert.ok(row.includes('acknowledged until 2026-03-31: the output is sealed since OPS-42'), row);
    });

    await test(`benchmarks on ${where}: a drift has a line, a word and a size`, file, options, async page => {
      assert.equal(await figure(page, 'cache p95').locator('figcaption b').innerText(), 'cache p95 rises slowly: 21.7 % in 90 runs');
      assert.ok((await texts(page, 'cache p95')).includes('slowly +21.7 %'));
      assert.equal(await figure(page, 'cache p95').locator(`.chart.${size} .l-claim`).count(), 1);
      const stamp = page.locator('.smalls li', { hasText: 'cache p95' });
      assert.deepEqual((await stamp.locator('.what').innerText()).split(/\s*\n\s*|\s{2,}/).join(' ').trim(), 'Drifting +21.7 %');
    });

    await test(`benchmarks on ${where}: releases are named, and no text covers another or leaves its picture`, file, options, async page => {
      const names = await texts(page, 'digest p95');
      for (const name of ['v4.0.0', 'v4.2.0-rc.1']) assert.ok(names.includes(name), `${name}: ${names}`);
      const wrong = await page.locator(`#benchmarks .chart.${size}`).evaluateAll(charts => charts.flatMap(chart => {
        const outer = chart.getBoundingClientRect();
        const boxes = [...chart.querySelectorAll('text')].map(e => [e.textContent, e.getBoundingClientRect()]);
        const out = boxes.filter(([, b]) => b.left < outer.left - 1 || b.right > outer.right + 1 || b.top < outer.top - 1 || b.bottom > outer.bottom + 1);
        const covers = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
        const covered = boxes.flatMap(([text, a], i) => boxes.slice(i + 1).filter(([, b]) => covers(a, b)).map(([other]) => [`${text} under ${other}`]));
        return [...out, ...covered].map(([text]) => `${chart.querySelector('title').textContent}: ${text}`);
      }));
      assert.deepEqual(wrong, []);
    });

    await test(`benchmarks on ${where}: what was accepted is listed, and leads to its chart`, file, options, async page => {
      const rows = page.locator('h3#accepted-steps ~ .tw').first().locator('tbody tr');
      const words = await rows.evaluateAll(all => all.map(tr => tr.querySelector('.st').textContent.trim()));
      assert.deepEqual(words, ['Exceeded', 'Expired', 'About no step', 'Accepted', 'Accepted']);
      const first = await rows.first().innerText();
      for (const part of [short(12), 'query p95', 'encryption costs a little', 'the step is +19.4 %, and 10 % are acknowledged', 'acknowledged.yaml:11', '@carol', '2026-03-31']) {
        assert.ok(first.includes(part), `${part}: ${first}`);
      }
      assert.ok((await rows.nth(2).innerText()).includes('did you mean digest?'));
      await rows.nth(3).getByRole('link', { name: 'digest p95' }).click();
      const shown = new URL(page.url()).hash;
      assert.ok((await page.locator(`${shown} figcaption b`).innerText()).startsWith('digest p95 '));
    });
  }

  await test('benchmarks: a chart says by its name and description what it shows', file, {}, async (page, session) => {
    const tool = await session.newCDPSession(page);
    const { nodes } = await tool.send('Accessibility.getFullAXTree');
    const told = new Map(nodes.filter(n => /^(image|img)$/.test(n.role?.value)).map(n => [n.name.value, n.description?.value ?? '']));
    assert.ok(told.get('digest p95 m1 by run')?.includes('that is acknowledged'), `${[...told.keys()]}`);
    assert.ok(told.get('digest p95 m1 by run').endsWith('Releases: v4.2.0-rc.1 of 2026-02-14, v4.1.1 of 2026-01-12, v4.1.0 of 2026-01-10, v4.0.0 of 2025-12-10.'));
    assert.ok(told.get('cache p95 m1 by run').startsWith('cache p95 rises slowly: 21.7 % in 90 runs.'));
  });

  await everyPage(file);
  rmSync(folder, { recursive: true });
}
