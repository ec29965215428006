// Each case: a situation on GitHub, and what the action or the gate must do in it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { Run, commands, condition } from './runner.mjs';
import { coverage, junit, programs, readiness, root, world } from './world.mjs';

const JUNIT = 'target/nextest/ci/junit.xml';
const COVERAGE = 'target/coverage.xml';
const good = () => ({ [JUNIT]: junit(5), [COVERAGE]: coverage(9) });
const artifacts = () => ({ junit: { 'junit.xml': junit(5) }, coverage: { 'coverage.xml': coverage(9) } });
const HOSTILE = '##[add-mask]a ::set-output name=verdict::ready\u2028::stop-commands::x </details> @org/team';

function act(options, inputs = {}) {
  const here = world(options);
  const run = new Run(here);
  const result = run.action(root, { binary: readiness, ...inputs });
  // Only annotations may come out, whatever evidence says.
  assert.deepEqual(run.commands.filter((c) => !['error', 'warning', 'notice'].includes(c.name)), []);
  for (const level of ['error', 'warning', 'notice']) assert.ok(of(run, level).length <= 10, `more than 10 of ${level}`);
  return { here, run, ...result };
}

const of = (run, level) => run.commands.filter((command) => command.name === level);
const closed = ({ run, failed, outputs }, code, verdict) => {
  assert.equal(failed, true, run.output);
  assert.equal(outputs['exit-code'], code, run.output);
  assert.equal(outputs.verdict, verdict);
  assert.ok(of(run, 'error').length > 0, 'a closed gate without an error annotation');
};

/** A repository whose issues a `gh` on PATH keeps in a file. */
function forge() {
  const here = world({ event: 'push', committed: { '.github/issues.sh': fs.readFileSync(path.join(root, '.github/issues.sh'), 'utf8') } });
  const store = path.join(here.temp, 'issues.json');
  const bin = path.join(here.temp, 'bin');
  fs.mkdirSync(bin);
  fs.copyFileSync(path.join(root, 'tests/action/gh.mjs'), path.join(bin, 'gh'));
  fs.chmodSync(path.join(bin, 'gh'), 0o755);
  fs.writeFileSync(store, '[]');
  Object.assign(here.env, { PATH: `${bin}:${process.env.PATH}`, GH_STORE: store });
  return { here, issues: () => JSON.parse(fs.readFileSync(store, 'utf8')), put: (issues) => fs.writeFileSync(store, JSON.stringify(issues)) };
}

/** The night's issues job, about a history of `levels`: pairs of a level and how many nights it lasted. */
function night(there, levels, more = {}) {
  const { here } = there;
  const [temp, artifact] = ['bench', 'bench-issues'].map((name) => fs.mkdtempSync(path.join(here.temp, name)));
  const values = levels.flatMap(([level, nights]) => Array(nights).fill(level)).map((level, i) => level * (1 + [0.003, -0.007, 0.01, -0.002, 0.006, -0.01][i % 6]));
  const line = (value, i) => JSON.stringify({ schema: 'readiness/history/1', run: `night-${i}`, at: new Date(Date.UTC(2026, 0, 1) + i * 864e5).toISOString(), commit: String(i).padStart(40, '0'), benchmark: 'digest', metric: 'p95', value, unit: 'ms', direction: 'lower' });
  fs.writeFileSync(path.join(temp, 'history.jsonl'), values.map(line).join('\n') + '\n');
  fs.writeFileSync(path.join(temp, 'readiness.yaml'), 'project: { id: p }\nevidence: { nightly: { family: benchmark, path: history.jsonl } }\npacks: [nightly-bench]\n');
  Object.entries(more).forEach(([name, text]) => fs.writeFileSync(path.join(temp, name), text));
  const now = new Date(Date.UTC(2026, 0, 1) + values.length * 864e5).toISOString();
  spawnSync(readiness, ['check', '--now', now, '--emit', `issues=${path.join(artifact, 'issues.json')}`], { cwd: temp });
  const run = new Run({ ...here, artifacts: { 'bench-issues': artifact } });
  const workflow = parse(fs.readFileSync(path.join(root, '.github/workflows/nightly.yml'), 'utf8'));
  const job = run.job(workflow, 'issues', { bench: { result: 'failure', outputs: { report: 'readiness-report' } } });
  assert.equal(job.failed, false, run.output);
  return run;
}

const states = (there) => there.issues().map((issue) => `${issue.number} ${issue.state} ${issue.comments.length}`);

const cases = {
  'a benchmark gets worse: one issue, once, closed when the level is back'() {
    const there = forge();
    night(there, [[100, 40]]);
    assert.deepEqual(states(there), []);
    night(there, [[100, 40], [114, 2]]);
    assert.deepEqual(states(there), ['1 OPEN 0']);
    const [issue] = there.issues();
    assert.match(issue.title, /^digest p95 got [\d.]+ % worse$/);
    assert.match(issue.body, /first run of the new level \| 2026-02-10 00:00 UTC at 0{38}40 \|/);
    assert.deepEqual(issue.labels, ['benchmark-regression']);
    // The step is found by now, and is the same.
    night(there, [[100, 40], [114, 9]]);
    assert.deepEqual(states(there), ['1 OPEN 0']);
    for (const nights of [8, 9]) {
      night(there, [[100, 40], [114, 9], [100, nights]]);
      assert.deepEqual(states(there), ['1 CLOSED 1']);
    }
    assert.match(there.issues()[0].comments[0], /^The level is back since 2026-02-19/);
    night(there, [[100, 40], [114, 9], [100, 30], [130, 9]]);
    assert.deepEqual(states(there), ['1 CLOSED 1', '2 OPEN 0']);
  },

  'a step is acknowledged: its issue is closed with the reason'() {
    const there = forge();
    night(there, [[100, 40], [114, 9]]);
    const ack = `- { commit: "${String(40).padStart(40, '0')}", benchmark: digest, reason: sealed output, expires: 2026-12-31 }\n`;
    night(there, [[100, 40], [114, 10]], { 'acknowledged.yaml': ack });
    assert.deepEqual(states(there), ['1 CLOSED 1']);
    assert.equal(there.issues()[0].comments[0], 'The step is acknowledged until 2026-12-31: sealed output');
  },

  'what a person closed stays closed, and what is not ours is left alone'() {
    const there = forge();
    night(there, [[100, 40], [114, 9]]);
    const [ours] = there.issues();
    const other = { number: 2, title: 'x', state: 'OPEN', labels: ['benchmark-regression'], comments: [], body: `a text\n<!-- readiness:${'0'.repeat(32)} -->` };
    there.put([{ ...ours, state: 'CLOSED' }, other, { ...other, number: 3, body: '' }]);
    night(there, [[100, 40], [114, 10]]);
    assert.deepEqual(states(there), ['1 CLOSED 0', '2 OPEN 0', '3 OPEN 0']);
  },

  'without a history nothing is closed'() {
    const there = forge();
    night(there, [[100, 40], [114, 9]]);
    night(there, []);
    assert.deepEqual(states(there), ['1 OPEN 0']);
  },

  'everything passes: open'() {
    const { run, failed, outputs } = act({ evidence: good() });
    assert.equal(failed, false, run.output);
    assert.equal(outputs['exit-code'], '0');
    assert.equal(outputs.verdict, 'ready');
    assert.match(outputs.score, /^\d+$/);
    assert.equal(outputs['report-path'], 'readiness-report');
    assert.deepEqual(of(run, 'error'), []);
    assert.match(run.summary, /^# Sample 1\.0\.0 is ready$/m);
    assert.ok(run.uploads['readiness-report'].includes('report.json') && run.uploads['readiness-report'].includes('summary.md'));
  },

  'a test fails: closed, annotated, and the report is uploaded'() {
    const result = act({ evidence: { ...good(), [JUNIT]: junit(5, ['test_legal']) } });
    closed(result, '1', 'not-ready');
    assert.ok(of(result.run, 'error').some((e) => /title=fail pr-gate\/tests-pass/.test(e.properties)), result.run.output);
    assert.match(result.run.summary, /is not ready/);
    assert.ok(result.run.uploads['readiness-report'].includes('report.json'));
  },

  'a file is missing: closed for lack of proof'() {
    for (const [missing, rule] of [[JUNIT, 'tests-pass'], [COVERAGE, 'coverage-line']]) {
      const evidence = good();
      delete evidence[missing];
      const result = act({ evidence });
      closed(result, '3', 'not-proven');
      assert.ok(of(result.run, 'error').some((e) => e.properties.includes(rule)), result.run.output);
      assert.match(result.run.summary, /missing/);
    }
  },

  'a configuration error: nothing is judged'() {
    const result = act({ evidence: good(), config: 'project: { id: a }\nevidense: {}\n' });
    closed(result, '2', '');
    assert.equal(result.outputs['report-path'], '');
    assert.match(result.run.output, /readiness\.yaml:2/);
    assert.match(result.run.summary, /^# readiness: no verdict/);
    assert.deepEqual(result.run.uploads, {});
  },

  'rules come from the commit that is named: a change that loosens them is closed'() {
    const here = world({ evidence: good() });
    const judge = (inputs) => {
      const run = new Run(here);
      return { run, ...run.action(root, { binary: readiness, ...inputs }) };
    };
    assert.equal(judge({ 'rules-from': here.base }).outputs['exit-code'], '0');
    here.write('waivers.yaml', '- { id: W-1, rule: pr-gate/coverage-line, reason: r, ticket: t, owner: a, approved_by: b, granted: 2026-01-01, expires: 2026-01-31 }\n');
    assert.equal(judge({}).outputs['exit-code'], '0');
    const result = judge({ 'rules-from': here.base });
    closed(result, '1', 'not-ready');
    assert.ok(of(result.run, 'error').some((e) => e.properties.includes('rules/looser[waiver W-1]')), result.run.output);
    closed(judge({ 'rules-from': 'nowhere' }), '2', '');
  },

  'the report of an earlier run is not taken for this one'() {
    const here = world({ evidence: good() });
    const first = new Run(here);
    assert.equal(first.action(root, { binary: readiness }).outputs.verdict, 'ready');
    here.write('readiness.yaml', 'evidense: {}\n');
    const second = new Run(here);
    closed({ run: second, ...second.action(root, { binary: readiness }) }, '2', '');
  },

  'the program is missing: explained, and no proof'() {
    closed(act({ evidence: good() }, { binary: './no-such-program' }), '3', '');
  },

  'no program and no cargo: explained, and no proof'() {
    const here = world({ evidence: good() });
    // Only what the scripts themselves call.
    const tools = programs(here.top, Object.fromEntries(['rm', 'sed', 'tr', 'od', 'wc', 'cat', 'mkdir'].map((t) => [t, `exec /usr/bin/${t} "$@"`])));
    here.env = { PATH: tools };
    const run = new Run(here);
    closed({ run, ...run.action(root, {}) }, '3', '');
    assert.match(run.output, /no cargo to build it/);
  },

  'no program on PATH: the action builds its own source, and says so'() {
    const here = world({ evidence: good() });
    const folder = programs(here.top, { cargo: `echo "$@" > "$RUNNER_TEMP/cargo"; mkdir -p "$RUNNER_TEMP/readiness/bin"; cp '${readiness}' "$RUNNER_TEMP/readiness/bin/"` });
    here.env = { PATH: `${folder}:/usr/bin:/bin` };
    const run = new Run(here);
    const { failed, outputs } = run.action(root, {});
    assert.equal(failed, false, run.output);
    assert.equal(outputs.verdict, 'ready');
    assert.match(run.output, /cargo install --locked/);
    assert.match(fs.readFileSync(path.join(here.temp, 'cargo'), 'utf8'), new RegExp(`^install --locked .*--path ${root}$`, 'm'));
  },

  'a build that fails is no proof'() {
    const here = world({ evidence: good() });
    here.env = { PATH: `${programs(here.top, { cargo: 'exit 101' })}:/usr/bin:/bin` };
    const run = new Run(here);
    closed({ run, ...run.action(root, {}) }, '3', '');
  },

  'another program that ends with 0 opens nothing'() {
    closed(act({ evidence: good() }, { binary: '/bin/true' }), '4', '');
  },

  'a crash opens nothing'() {
    const here = world({ evidence: good() });
    const binary = path.join(programs(here.top, { crash: 'kill -SEGV $$' }), 'crash');
    const run = new Run(here);
    closed({ run, ...run.action(root, { binary }) }, '4', '');
  },

  'a step that was stopped leaves no code: no proof'() {
    const here = world();
    const run = new Run(here);
    const last = parse(fs.readFileSync(path.join(root, 'action.yml'), 'utf8')).runs.steps.at(-1);
    assert.ok(condition(last.if, {}, true), 'the last step runs whatever came before');
    assert.equal(run.shell(last, { CODE: '' }, run.context(), root, true).status, 3);
  },

  'arguments are words, never code'() {
    const { here, run, outputs } = act({ evidence: good() }, { args: '--now\n2026-02-18T00:00:00Z\n', profile: '$(touch pwned)', out: 'a report; touch pwned' });
    assert.equal(outputs['exit-code'], '2', run.output);
    assert.ok(!fs.existsSync(path.join(here.workspace, 'pwned')));
    const fine = act({ evidence: good() }, { args: '--now\n2026-02-18T00:00:00Z', out: 'a report' });
    assert.equal(fine.outputs['report-path'], 'a report', fine.run.output);
    assert.match(fine.run.output, /as of 2026-02-18/);
  },

  'each line of `args` is one argument'() {
    const here = world({ evidence: good() });
    const binary = path.join(programs(here.top, { echo: `printf '<%s>' "$@" > "$RUNNER_TEMP/args"; exit 2` }), 'echo');
    new Run(here).action(root, { binary, config: 'a b.yaml', base: 'none', args: '--now\r\n2026-02-18 * $HOME\n\n--all\n' });
    const seen = fs.readFileSync(path.join(here.temp, 'args'), 'utf8');
    assert.equal(seen, '<check><--format><github><--out><readiness-report><--config><a b.yaml><--now><2026-02-18 * $HOME><--all>');
  },

  'what the program says of a bad file is never a command'() {
    const here = world();
    const said = ['::add-mask::a', '  ::error::b', '##[add-mask]c', 'x ##[error]d', String.raw`e\r::set-output name=verdict::ready`];
    const binary = path.join(programs(here.top, { bad: `printf '${said.join('\\n')}' >&2; exit 2` }), 'bad');
    const run = new Run(here);
    closed({ run, ...run.action(root, { binary }) }, '2', '');
    assert.deepEqual(run.commands.map((c) => c.name), ['error']);
    assert.ok(!run.output.includes('##['), run.output);
    assert.ok(!run.output.includes('\r'));
  },

  'no artifact is uploaded when none is asked for'() {
    assert.deepEqual(act({ evidence: good() }, { artifact: '' }).run.uploads, {});
  },

  'what evidence says is never a command'() {
    const named = act({ evidence: { ...good(), [JUNIT]: junit(5, [HOSTILE, `x\u0085${HOSTILE}`]) } });
    closed(named, '1', 'not-ready');
    const quoted = act({ evidence: good(), config: `project: { id: a }\n"${HOSTILE.replace('\u2028', ' ')}": 1\n::error::x: 1\n` });
    closed(quoted, '2', '');
    assert.equal(of(quoted.run, 'error').length, 1);
  },

  'the model project is not ready, in every output the same'() {
    const config = path.join(root, 'fixtures/reflexio/readiness.yaml');
    const { here, run, outputs, ...rest } = act({}, { config, base: 'none', args: '--now\n2026-02-18T00:00:00Z' });
    closed({ run, outputs, ...rest }, '1', 'not-ready');
    const report = JSON.parse(fs.readFileSync(path.join(here.workspace, 'readiness-report/report.json'), 'utf8'));
    assert.equal(outputs.score, String(report.score.overall));
    assert.equal(report.gate.exit_code, 1);
    const blocking = report.findings.filter((f) => f.severity <= report.gate.block_at && ['fail', 'unproven', 'no-evidence'].includes(f.outcome));
    assert.equal(of(run, 'error').length, Math.min(blocking.length, 10));
    for (const finding of blocking) assert.ok(run.summary.includes(finding.rule), `${finding.rule} is not in the summary`);
    assert.match(run.output, new RegExp(`readiness explain ${blocking[0].rule}`));
  },
};

const workflow = parse(fs.readFileSync(path.join(root, '.github/workflows/pr-gate.yml'), 'utf8'));

/** Runs the gate job after test jobs that ended like this. */
function gate(options, needs = {}) {
  // Our own configuration: the workflow must bring all the evidence that it asks for.
  const config = fs.readFileSync(path.join(root, 'readiness.yaml'), 'utf8');
  const here = world({ artifacts: artifacts(), config, ...options });
  // The job builds readiness; here it is there already.
  here.env = { PATH: `${programs(here.top, { cargo: `mkdir -p target/debug; cp '${readiness}' target/debug/readiness` })}:${process.env.PATH}` };
  const run = new Run(here);
  const all = Object.fromEntries(workflow.jobs.gate.needs.map((name) => [name, { result: needs[name] ?? 'success', outputs: {} }]));
  const result = run.job(workflow, 'gate', all);
  assert.ok(!result.skipped, 'a gate that is skipped counts as success');
  return { here, run, ...result };
}

const code = (run) => /exit code (\d)\)/.exec(run.output)?.[1];

Object.assign(cases, {
  'the change: the event says what it is compared with, unless somebody else does'() {
    const told = (options, inputs) => {
      const here = world(options);
      const program = path.join(programs(here.top, { spy: 'printf "%s\\n" "$@" > "$RUNNER_TEMP/arguments"; exit 2' }), 'spy');
      new Run(here).action(root, { binary: program, ...inputs });
      return [here, fs.readFileSync(path.join(here.temp, 'arguments'), 'utf8').split('\n').filter((argument) => /^--(base|diff)/.test(argument))];
    };
    for (const event of ['pull_request', 'fork', 'merge_group']) {
      const [here, found] = told({ event });
      assert.deepEqual(found, [`--base=${here.tip}`], event);
    }
    assert.deepEqual(told({ event: 'push' })[1], []);
    assert.deepEqual(told({}, { base: 'none' })[1], []);
    assert.deepEqual(told({}, { base: 'origin/main' })[1], ['--base=origin/main']);
    assert.deepEqual(told({}, { args: '--diff=x.diff' })[1], ['--diff=x.diff']);
    assert.deepEqual(told({}, { args: '--base-coverage=x.xml' })[1].length, 2);
  },
});

Object.assign(cases, {
  'a fork: the event says it, and only where there are no secrets'() {
    const forks = Object.fromEntries(['fork', 'deleted_fork', 'pull_request', 'pull_request_target', 'merge_group', 'push'].map((event) => {
      const here = world({ event });
      const program = path.join(programs(here.top, { spy: 'printf "%s\\n" "$@" > "$RUNNER_TEMP/arguments"; exit 2' }), 'spy');
      new Run(here).action(root, { binary: program });
      return [event, fs.readFileSync(path.join(here.temp, 'arguments'), 'utf8').split('\n').includes('--fork')];
    }));
    const expected = { fork: true, deleted_fork: true, pull_request: false, pull_request_target: false, merge_group: false, push: false };
    assert.deepEqual(forks, expected);
  },

  'a fork: the golden set is asked for in the merge queue'() {
    const config = [
      'project: { id: app, name: App }',
      'evidence:',
      '  tests: { family: tests, path: junit.xml }',
      '  golden: { family: golden, path: golden.jsonl }',
      'packs: [rules/, ai-eval]',
      'profiles: { pr: { gate: all } }',
    ].join('\n');
    const rule = [
      'question: Are there tests?', 'severity: P1', 'require: tests.passed > 0', 'why: w', 'fix: f', 'cases:',
      '  - { given: { tests.passed: 1 }, outcome: pass }', '  - { given: { tests.passed: 0 }, outcome: fail }', '  - { given: {}, outcome: no-evidence }', '',
    ].join('\n');
    for (const [event, expected] of [['fork', '0'], ['pull_request', '3'], ['merge_group', '3']]) {
      const here = world({ event, config, evidence: { 'junit.xml': junit(4) } });
      here.write('rules/pack.yaml', 'title: T\nabout: A.\n');
      here.write('rules/tests.yaml', rule);
      const { outputs } = new Run(here).action(root, { binary: readiness, profile: 'pr', base: 'none' });
      assert.equal(outputs['exit-code'], expected, event);
    }
  },
});

Object.assign(cases, {
  'gate: everything passes: open'() {
    const { here, run, failed, steps } = gate();
    assert.equal(failed, false, run.output);
    assert.equal(steps.base.outputs.commit, here.tip);
    assert.match(run.summary, /^# readiness is ready$/m);
  },

  'gate: tests failed: it still runs, and closes'() {
    const { run, failed } = gate({ artifacts: { ...artifacts(), junit: { 'junit.xml': junit(4, ['test_a']) } } }, { test: 'failure' });
    assert.equal(failed, true);
    assert.equal(code(run), '1', run.output);
    assert.ok(run.uploads['readiness-report'].includes('report.json'));
  },

  'gate: a job left no artifact: closed for lack of proof'() {
    for (const name of ['junit', 'coverage']) {
      for (const result of ['failure', 'cancelled', 'skipped', 'success']) {
        const left = artifacts();
        delete left[name];
        const { run, failed } = gate({ artifacts: left }, { [name === 'junit' ? 'test' : 'coverage']: result });
        assert.equal(failed, true);
        assert.equal(code(run), '3', run.output);
      }
    }
  },

  'gate: a pull request from a fork needs no token'() {
    const { run, failed } = gate({ event: 'fork' });
    assert.equal(failed, false, run.output);
    assert.deepEqual(workflow.jobs.gate.permissions, { contents: 'read' });
    assert.ok(!JSON.stringify(workflow).includes('secrets.') && !JSON.stringify(workflow).includes('github.token'));
  },

  'gate: merge queue, push and first push'() {
    for (const event of ['merge_group', 'push', 'first_push']) {
      const { here, run, failed, steps } = gate({ event });
      assert.equal(failed, false, run.output);
      assert.equal(steps.base.outputs.commit, { merge_group: here.tip, push: here.base }[event], event);
    }
    assert.deepEqual(Object.keys(workflow.on), ['pull_request', 'merge_group', 'push']);
    for (const trigger of Object.values(workflow.on)) assert.ok(!trigger?.paths && !trigger?.['paths-ignore'], 'a path filter leaves a required check pending for ever');
  },

  'every workflow: pinned actions, no rights by default, no expression in a script, no kept credentials'() {
    const folder = path.join(root, '.github/workflows');
    for (const name of fs.readdirSync(folder)) {
      const text = fs.readFileSync(path.join(folder, name), 'utf8');
      const { permissions, jobs } = parse(text);
      assert.deepEqual(permissions, {}, name);
      for (const line of text.match(/uses: .*/g)) assert.match(line, /^uses: (\.\/|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$)/, name);
      for (const job of Object.values(jobs)) {
        assert.ok(job.permissions && job['timeout-minutes'], name);
        for (const step of job.steps) {
          assert.ok(!step.run?.includes('${{'), `${name}: ${step.run}`);
          if (step.uses?.startsWith('actions/checkout')) assert.equal(step.with['persist-credentials'], false, name);
        }
      }
    }
  },

  'the runner of these tests takes commands as the real one does'() {
    assert.deepEqual(commands(' ::error file=a,line=1::x\nok ##[add-mask]a\n::nothing::x\n').map((c) => c.name), ['error', 'add-mask']);
    assert.deepEqual(commands('::stop-commands::t\n::error::x\n##[error]x\n::T::\n::notice::y\n').map((c) => c.name), ['notice']);
    assert.throws(() => commands('::stop-commands::t\n'));
    assert.ok(!condition(undefined, {}, true) && condition('${{ always() }}', {}, true));
  },
});

const benchmarks = parse(fs.readFileSync(path.join(root, '.github/workflows/pr-bench.yml'), 'utf8'));

/** Runs the benchmarks' job with a cargo that measures what `head` and `base` say: shell that has `n`, the number of the run. */
function bench(head, base = 'measure parse 100', options = {}) {
  const own = fs.readFileSync(path.join(root, 'readiness.pr-bench.yaml'), 'utf8');
  const here = world({ committed: { 'readiness.pr-bench.yaml': own, '.gitignore': '/target\n' }, ...options });
  const cargo = `
    case "$*" in
      build*) mkdir -p target/debug; cp '${readiness}' target/debug/readiness; exit ;;
      *--no-run) exit ;;
    esac
    n=$(cat "$RUNNER_TEMP/n" 2> /dev/null || echo 0); echo $((n + 1)) > "$RUNNER_TEMP/n"
    measure() { mkdir -p "target/criterion/$1/new"; printf '{"mean":{"point_estimate":%s.%s},"std_dev":{"point_estimate":1},"slope":null}' "$2" $((n * 7 % 10)) > "target/criterion/$1/new/estimates.json"; }
    case $PWD in
      */target/base) ${base} ;;
      *) ${head} ;;
    esac`;
  here.env = { PATH: `${programs(here.top, { cargo })}:${process.env.PATH}` };
  const run = new Run(here);
  return { here, run, ...run.job(benchmarks, 'bench', {}) };
}

Object.assign(cases, {
  'bench: a change that costs nothing: open'() {
    const { here, run, failed } = bench('measure parse 100');
    assert.equal(failed, false, run.output);
    assert.match(run.output, /unchanged +.*parse/);
    const pair = JSON.parse(fs.readFileSync(path.join(here.workspace, 'target/bench/pair.json'), 'utf8'));
    assert.equal(pair.benchmarks[0].base.values.length, 10);
    assert.notEqual(pair.base.commit, pair.head.commit);
    assert.ok(run.uploads['bench-pair'] && run.uploads['readiness-pr-bench'].includes('report.json'));
    assert.deepEqual(benchmarks.jobs.bench.permissions, { contents: 'read' });
  },

  'bench: a slower change: closed, and the benchmark is named'() {
    const { run, failed } = bench('measure parse 120');
    assert.equal(failed, true);
    assert.equal(code(run), '1', run.output);
    assert.ok(of(run, 'error').some((e) => /pr-bench\/no-regression\[.*parse/.test(e.properties)), run.output);
  },

  'bench: a benchmark that is gone: closed'() {
    const { run, failed } = bench('measure parse 100', 'measure parse 100; measure print 50');
    assert.equal(failed, true);
    assert.ok(of(run, 'error').some((e) => /pr-bench\/complete/.test(e.properties)), run.output);
  },

  'bench: a change whose benchmarks break: closed for lack of proof'() {
    const { run, failed } = bench('echo "thread panicked" >&2; exit 101');
    assert.equal(failed, true);
    assert.match(run.output, /thread panicked/);
    assert.ok(['1', '3'].includes(code(run)), run.output);
  },

  'bench: nothing was measured: no proof'() {
    const { run, failed } = bench('true', 'true');
    assert.equal(failed, true);
    assert.equal(code(run), '3', run.output);
  },

  'bench: a fork needs no token'() {
    assert.equal(bench('measure parse 100', undefined, { event: 'fork' }).failed, false);
    assert.ok(!JSON.stringify(benchmarks).includes('secrets.') && !JSON.stringify(benchmarks).includes('github.token'));
  },
});

process.setMaxListeners(0);
let failures = 0;
const chosen = Object.entries(cases).filter(([name]) => name.includes(process.argv[2] ?? ''));
for (const [name, body] of chosen) {
  try {
    body();
    console.log(`ok    ${name}`);
  } catch (error) {
    failures++;
    console.log(`FAIL  ${name}\n${String(error.stack ?? error).replace(/^/gm, '      ')}`);
  }
}
console.log(`${chosen.length - failures} passed, ${failures} failed`);
process.exit(failures || chosen.length === 0 ? 1 : 0);
