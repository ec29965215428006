// What the cases need around them: a repository with a pull request, evidence, programs that are not readiness.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, '../..');
export const readiness = process.env.READINESS;

const git = (folder, ...args) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main', ...args], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

const write = (folder, name, text, mode) => {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text, { mode });
  return file;
};

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.codePointAt(0)};`);

/** JUnit as nextest writes it: `failing` names the tests that fail. */
export const junit = (passing, failing = []) => {
  const cases = [...Array(passing).keys()].map((i) => `<testcase name="test_${i}" classname="sample" time="0.01"/>`);
  const red = failing.map((name) => `<testcase name="${escape(name)}" classname="sample" time="0.01"><failure type="panic" message="${escape(name)}"/></testcase>`);
  const count = passing + failing.length;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="${count}" failures="${failing.length}" errors="0" time="0.1">
<testsuite name="sample" tests="${count}" disabled="0" errors="0" failures="${failing.length}">
${[...cases, ...red].join('\n')}
</testsuite>
</testsuites>
`;
};

/** Cobertura with ten lines, of which `covered` were run. */
export const coverage = (covered) => {
  const lines = [...Array(10).keys()].map((i) => `<line number="${i + 1}" hits="${i < covered ? 1 : 0}"/>`);
  return `<?xml version="1.0"?>
<coverage line-rate="${covered / 10}" lines-covered="${covered}" lines-valid="10" branch-rate="0" branches-covered="0" branches-valid="0" complexity="0" version="1" timestamp="1771372800">
<sources><source>.</source></sources>
<packages><package name="sample" line-rate="${covered / 10}" branch-rate="0" complexity="0"><classes>
<class name="lib.rs" filename="src/lib.rs" line-rate="${covered / 10}" branch-rate="0" complexity="0"><methods/><lines>${lines.join('')}</lines></class>
</classes></package></packages>
</coverage>
`;
};

/** A checked-out pull request (or merge group, or push), with the context GitHub would give. */
export function world({ event = 'pull_request', evidence = {}, artifacts = {}, config, committed = {}, env = {} } = {}) {
  const top = fs.mkdtempSync(path.join(os.tmpdir(), 'readiness-action-'));
  process.once('exit', () => fs.rmSync(top, { recursive: true, force: true }));
  const [workspace, temp] = ['workspace', 'temp'].map((name) => path.join(top, name));
  fs.mkdirSync(workspace);
  fs.mkdirSync(temp);
  git(workspace, 'init', '-q');
  write(workspace, 'readiness.yaml', config ?? fs.readFileSync(path.join(here, 'project/readiness.yaml'), 'utf8'));
  Object.entries(committed).forEach(([name, text]) => write(workspace, name, text));
  const commit = (message) => (git(workspace, 'add', '-A'), git(workspace, 'commit', '-q', '--allow-empty', '-m', message), git(workspace, 'rev-parse', 'HEAD'));
  const base = commit('base');
  git(workspace, 'checkout', '-q', '-b', 'change');
  const head = commit('change');
  git(workspace, 'checkout', '-q', 'main');
  const tip = commit('somebody else on main');
  git(workspace, 'checkout', '-q', '--detach');
  git(workspace, '-c', 'merge.ff=false', 'merge', '-q', '-m', 'merge', 'change');
  Object.entries(evidence).forEach(([name, text]) => write(workspace, name, text));
  const events = {
    pull_request: { pull_request: { number: 7, base: { sha: tip, ref: 'main' }, head: { sha: head, repo: { full_name: 'acme/app' } } } },
    fork: { pull_request: { number: 7, base: { sha: tip, ref: 'main' }, head: { sha: head, repo: { full_name: 'somebody/app' } } } },
    merge_group: { merge_group: { base_sha: tip, base_ref: 'refs/heads/main', head_sha: head } },
    push: { before: base, after: tip },
    first_push: { before: '0'.repeat(40), after: tip },
  };
  const folders = Object.fromEntries(Object.entries(artifacts).map(([name, files]) => {
    const folder = path.join(top, 'artifacts', name);
    Object.entries(files).forEach(([file, text]) => write(folder, file, text));
    return [name, folder];
  }));
  events.deleted_fork = { pull_request: { ...events.fork.pull_request, head: { sha: head, repo: null } } };
  events.pull_request_target = events.fork;
  const name = { fork: 'pull_request', deleted_fork: 'pull_request', first_push: 'push' }[event] ?? event;
  // On a pull request from a fork there are no secrets, and the token can only read.
  const github = { event: events[event], event_name: name, repository: 'acme/app', ref: 'refs/heads/main', token: event === 'fork' ? '' : 'token' };
  return { workspace, temp, root, artifacts: folders, env, github, top, base, tip, write: (file, text, mode) => write(workspace, file, text, mode) };
}

/** A folder to put on PATH with shell programs of these names, and the tools that scripts use. */
export function programs(top, scripts) {
  const folder = path.join(top, 'bin');
  fs.mkdirSync(folder, { recursive: true });
  Object.entries(scripts).forEach(([name, body]) => write(folder, name, `#!/bin/bash\n${body}\n`, 0o755));
  return folder;
}
