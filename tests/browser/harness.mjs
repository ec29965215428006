// A browser, tests that count, and nothing else.
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';
import assert from 'node:assert/strict';

// The pages need no network, and a browser that looks for one waits for it.
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
// A test is at most so long, in milliseconds; a page that is stuck in a script answers to no other limit.
const PATIENCE = 120_000;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ARGUMENTS });
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
    await within(PATIENCE, async () => {
      await page.goto(pathToFileURL(file).href);
      await body(page, session);
    });
    assert.equal(wrong.length, errors, 'console: ' + wrong.join(' | '));
    assert.deepEqual(requests.filter(url => !url.startsWith('file:') && !url.startsWith('data:')), []);
    passed++;
    console.log('ok    ' + name);
  } catch (error) {
    failed++;
    console.log('FAIL  ' + name + '\n      ' + String(error.stack ?? error).split('\n').slice(0, 6).join('\n      '));
  }
  // A stuck page does not close either.
  await within(PATIENCE, () => session.close()).catch(error => { failed++; console.log('FAIL  ' + name + ': closing: ' + error.message); });
}

/** Runs `body`, and fails when it is not done in time. */
async function within(milliseconds, body) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`not done after ${milliseconds / 1000} s`)), milliseconds); });
  try { await Promise.race([body(), late]); } finally { clearTimeout(timer); }
}

/** Closes the browser and says how it went. */
export async function finish() {
  await within(PATIENCE, () => browser.close()).catch(error => console.log('the browser: ' + error.message));
  console.log(`${passed} passed, ${failed} failed`);
  // Not left to the event loop: a browser that hangs keeps it alive.
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

export { assert };
export const url = (file, fragment = '') => pathToFileURL(file).href + fragment;
