// The same report with hostile text everywhere, with a thousand rules, and made again.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assert, test } from './harness.mjs';

const HOSTILE = '</style></script><script>window.taken=1</script><img src=x onerror="window.taken=1">"\'`]]>\u202e\u0007<!-- ' + 'W'.repeat(2000);

export async function variants(file) {
  const text = readFileSync(join(dirname(file), 'report.json'), 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'readiness-'));
  const make = (name, report) => {
    const json = join(folder, name + '.json');
    writeFileSync(json, typeof report === 'string' ? report : JSON.stringify(report));
    const html = execFileSync(process.env.READINESS, ['render', json, '--format', 'html'], { encoding: 'utf8', maxBuffer: 1 << 28 });
    writeFileSync(join(folder, name + '.html'), html);
    return join(folder, name + '.html');
  };

  await test('made again from its data it is the same, byte for byte', file, {}, async () => {
    assert.ok(readFileSync(make('again', text), 'utf8') === readFileSync(file, 'utf8'));
  });

  const hostile = make('hostile', poison(withTexts(JSON.parse(text))));
  for (const width of [1280, 390]) {
    await test(`hostile names are text, ${width} px`, hostile, { viewport: { width, height: 844 } }, async page => {
      assert.equal(await page.evaluate(() => window.taken), undefined);
      assert.equal(await page.locator('script').count(), 2);
      assert.equal(await page.locator('style').count(), 1);
      assert.equal(await page.locator('main img, main script, main style').count(), 0);
      assert.ok((await page.locator('main').innerText()).includes('<script>window.taken=1</script>'));
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'sideways');
      await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'sideways with details');
    });
  }

  const report = JSON.parse(text);
  const many = make('many', { ...report, findings: Array.from({ length: 1000 }, (_, i) => {
    const finding = report.findings[i % report.findings.length];
    return { ...finding, rule: `${finding.rule}-${i}`, fingerprint: String(i) };
  }) });
  await test('a thousand rules load in a moment; to filter, search and sort them takes less than a second', many, {}, async page => {
    const times = await page.evaluate(async () => {
      const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
      const timed = async step => { const start = performance.now(); step(); await frame(); return performance.now() - start; };
      const find = document.querySelector('.filters input');
      return {
        load: performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd,
        filter: await timed(() => document.querySelectorAll('.filters button')[1].click()),
        search: await timed(() => { find.value = 'golden'; find.dispatchEvent(new Event('input')); }),
        sort: await timed(() => document.querySelectorAll('#rules th button')[1].click()),
      };
    });
    console.log('      ' + Object.entries(times).map(([what, ms]) => `${what} ${Math.round(ms)} ms`).join(', '));
    for (const [what, ms] of Object.entries(times)) assert.ok(ms < (what === 'load' ? 3000 : 1000), `${what} ${ms} ms`);
  });
  rmSync(folder, { recursive: true });
}

/** The same report with questions and answers in it, as far as it has golden cases. */
function withTexts(report) {
  const long = { text: 'مرحبا '.repeat(300), left_out: 7 };
  for (const { transcripts } of report.evidence) {
    if (!transcripts) continue;
    transcripts.publish = 'all';
    for (const told of transcripts.cases.slice(0, 9)) {
      Object.assign(told, { question: long, answer: { text: 'It is kept.' }, expected: long, scores: [{ name: 'faithfulness', value: 0.4, passed: false }] });
      told.claims = [{ id: 'c1', text: long, verdict: 'contradicted', uncited: true }, { id: 'c2', verdict: 'not judged', citations: { all: 3, dead: 1 } }];
    }
  }
  return report;
}

/** Every text that evidence or a rule can write, with hostile text at its end. */
function poison(report) {
  const kept = new Set(['schema', 'now', 'verdict', 'outcome', 'gap', 'severity', 'mode', 'block_at', 'at', 'collected_at', 'direction', 'state', 'unit', 'since', 'change', 'publish', 'until', 'granted', 'expires']);
  // How a control is answered is a closed word, where a statement's `by` is a person's name.
  const closed = new Set(['automated', 'attested']);
  const walk = (value, key) => {
    if (typeof value === 'string') return kept.has(key) || closed.has(value) ? value : value + HOSTILE;
    if (Array.isArray(value)) return value.map(v => walk(v, key));
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, walk(v, k)]));
    return value;
  };
  const poisoned = { ...walk(report), evidence: report.evidence.map(entry => ({
    ...walk(entry),
    metrics: entry.metrics,
    records: Object.fromEntries(Object.entries(entry.records).map(([family, rows]) => [family, family === 'audit.day' ? rows : walk(rows)])),
    omitted: entry.omitted,
  })) };
  return poisoned;
}
