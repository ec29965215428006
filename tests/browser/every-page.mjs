// What holds for every page: it can be read by everybody, on every screen, and it is alone.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { HtmlValidate } from 'html-validate';
import { assert, test, url } from './harness.mjs';

const axe = readFileSync(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function everyPage(file) {
  const name = basename(file);

  for (const colorScheme of ['light', 'dark']) {
    for (const [width, height] of [[1280, 860], [390, 844], [320, 640]]) {
      const options = { colorScheme, viewport: { width, height }, bypassCSP: true };
      await test(`${name}: axe finds nothing, ${colorScheme}, ${width} px`, file, options, async page => {
        await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
        await page.evaluate(axe);
        const { violations } = await page.evaluate(tags => window.axe.run(document, { runOnly: tags }), RULES);
        assert.deepEqual(violations.map(v => `${v.id}: ${v.nodes.length} times, first ${v.nodes[0].target} ${v.nodes[0].failureSummary}`), []);
      });
    }
    await test(`${name}: every text, also in charts, has a contrast of at least 4.5, ${colorScheme}`, file, { colorScheme }, async page => {
      await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
      assert.deepEqual(await page.evaluate(contrasts), []);
    });
  }

  await test(`${name}: no sideways scrolling at 1280, 640, 390 and 320 px`, file, {}, async page => {
    await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
    for (const width of [1280, 640, 390, 320]) {
      await page.setViewportSize({ width, height: 700 });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`);
    }
  });

  await test(`${name}: the policy stops an injected script and style`, file, { errors: 2 }, async page => {
    const color = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.taken = true';
      const style = document.createElement('style');
      style.textContent = 'body { color: rgb(1, 2, 3) !important }';
      document.body.append(script, style);
      return getComputedStyle(document.body).color;
    });
    assert.equal(await page.evaluate(() => window.taken), undefined);
    assert.notEqual(color, 'rgb(1, 2, 3)');
  });

  await test(`${name}: every fragment leads somewhere, no id is used twice`, file, {}, async page => {
    const { missing, twice } = await page.evaluate(() => {
      const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
      const targets = [...document.querySelectorAll('a[href^="#"]')].map(a => decodeURIComponent(a.getAttribute('href').slice(1)));
      return { missing: targets.filter(id => !ids.includes(id)), twice: ids.filter((id, i) => ids.indexOf(id) !== i) };
    });
    assert.deepEqual({ missing, twice }, { missing: [], twice: [] });
  });

  await test(`${name}: the skip link is the first stop and leads to the content`, file, {}, async page => {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  });

  await test(`${name}: what has the focus shows it`, file, {}, async page => {
    for (let i = 0; i < 25; i++) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => {
        if (document.activeElement === document.body) return 'none left';
        const style = getComputedStyle(document.activeElement);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 ? '' : document.activeElement.outerHTML.slice(0, 80);
      });
      if (outline === 'none left') break;
      assert.equal(outline, '', `stop ${i + 1}`);
    }
  });

  await test(`${name}: the theme can be switched`, file, { colorScheme: 'light' }, async page => {
    const color = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await color();
    await page.getByRole('button', { name: 'Theme' }).click();
    const after = await color();
    assert.notEqual(after, before);
    await page.getByRole('button', { name: 'Theme' }).click();
    assert.equal(await color(), before);
  });

  await test(`${name}: pictures have names`, file, {}, async page => {
    const nameless = await page.evaluate(() => [...document.querySelectorAll('svg[role=img]')]
      .filter(s => !s.getAttribute('aria-label') && !(s.querySelector('title')?.textContent && s.querySelector('desc')?.textContent)).length);
    assert.equal(nameless, 0);
  });

  await test(`${name}: readable without script, and no control that does nothing`, file, { javaScriptEnabled: false }, async page => {
    assert.equal(await page.locator('button:visible, input:visible').count(), 0);
    const text = (await page.locator('body').innerText()).length;
    const live = await page.context().browser().newPage();
    await live.goto(url(file));
    // Controls are for people who have a script.
    await live.evaluate(() => document.querySelectorAll('.filters, .tools').forEach(e => e.remove()));
    const withScript = (await live.locator('body').innerText()).length;
    await live.close();
    assert.ok(text >= 0.95 * withScript, `${text} of ${withScript} characters`);
  });

  await test(`${name}: forced colours keep words and borders`, file, { forcedColors: 'active' }, async page => {
    assert.ok(await page.locator('h1').isVisible());
  });

  await test(`${name}: valid HTML`, file, {}, async () => {
    const rules = new HtmlValidate({
      extends: ['html-validate:recommended'],
      // Blanks at the end of a line are the templates' business, and long titles that of whoever names a system.
      rules: { 'long-title': 'off', 'no-trailing-whitespace': 'off', 'no-inline-style': 'error' },
    });
    const { results } = await rules.validateString(readFileSync(file, 'utf8'), name);
    const messages = results.flatMap(r => r.messages.map(m => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
    assert.deepEqual(messages.slice(0, 12), []);
  });
}

/** Texts whose colour is too near to the background they stand on. Runs in the page. */
function contrasts() {
  const parts = color => { const m = color.match(/[\d.]+/g).map(Number); return [m[0], m[1], m[2], m[3] ?? 1]; };
  const linear = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const luminance = c => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const color = parts(getComputedStyle(e).backgroundColor);
      if (color[3] > 0) return color;
    }
    return [255, 255, 255, 1];
  };
  const bad = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || element.closest('script, style, title, desc, symbol, .hl') || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const front = luminance(parts(element instanceof SVGElement ? style.fill : style.color)), back = luminance(ground(element));
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) bad.push(`${ratio.toFixed(2)} ${text.data.trim().slice(0, 40)}`);
  }
  return bad.slice(0, 10);
}
