// A browser, tests that count, and nothing else.
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';
import assert from 'node:assert/strict';

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
let passed = 0, failed = 0;

/** Runs `body` with a page on `file`; a message on the console or a request out of the file is a failure too. */
export async function test(name, file, options, body) {
  const { errors = 0, ...context } = options;
  const session = await browser.newContext(context);
  const page = await session.newPage();
  const wrong = [], requests = [];
  page.on('console', m => m.type() === 'error' && wrong.push(m.text()));
  page.on('pageerror', e => wrong.push(String(e)));
  page.on('dialog', d => { wrong.push('a dialog: ' + d.message()); d.dismiss(); });
  page.on('request', r => requests.push(r.url()));
  try {
    await page.goto(pathToFileURL(file).href);
    await body(page, session);
    assert.equal(wrong.length, errors, 'console: ' + wrong.join(' | '));
    assert.deepEqual(requests.filter(url => !url.startsWith('file:') && !url.startsWith('data:')), []);
    passed++;
    console.log('ok    ' + name);
  } catch (error) {
    failed++;
    console.log('FAIL  ' + name + '\n      ' + String(error.stack ?? error).split('\n').slice(0, 6).join('\n      '));
  }
  await session.close();
}

/** Closes the browser and says how it went. */
export async function finish() {
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

export { assert };
export const url = (file, fragment = '') => pathToFileURL(file).href + fragment;
