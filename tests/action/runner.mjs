// A GitHub runner small enough to read: it runs the steps of an action or of a workflow's job on this machine, and takes
// commands from their output as the real one does. Expressions are evaluated by GitHub's own @actions/expressions.
import { Evaluator, Lexer, Parser, data } from '@actions/expressions';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const SUMMARY_LIMIT = 1024 * 1024;
// actions/runner, ActionCommandManager.cs: what a line of output may do.
const COMMANDS = ['add-mask', 'add-matcher', 'add-path', 'debug', 'echo', 'endgroup', 'error', 'group', 'internal-set-repo-path',
  'notice', 'remove-matcher', 'save-state', 'set-env', 'set-output', 'stop-commands', 'warning'];

const toData = (value) => {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  return new data.Dictionary(...Object.entries(value).map(([key, inner]) => ({ key, value: toData(inner) })));
};

function evaluate(source, context, failed) {
  const status = { always: true, success: !failed, failure: failed, cancelled: false };
  const functions = Object.entries(status).map(([name, value]) => ({ name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) }));
  const tree = new Parser(new Lexer(source).lex().tokens, Object.keys(context), functions).parse();
  return new Evaluator(tree, toData(context), new Map(functions.map((f) => [f.name, f]))).evaluate();
}

const substitute = (text, context, failed) =>
  String(text).replace(/\$\{\{([\s\S]*?)\}\}/g, (_, source) => evaluate(source.trim(), context, failed).coerceString());

/** Whether a step or job runs: without a status function, only while nothing failed. */
export function condition(text, context, failed) {
  const source = text === undefined ? 'success()' : String(text).replace(/^\s*\$\{\{([\s\S]*)\}\}\s*$/, '$1').trim();
  const whole = /\b(always|success|failure|cancelled)\s*\(/.test(source) ? source : `success() && (${source})`;
  return !['', 'false', '0'].includes(evaluate(whole, context, failed).coerceString());
}

/** The files that steps write their outputs to: `name=value`, or `name<<DELIMITER` and lines up to it. */
function readKeyValues(file) {
  const values = {};
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  for (let i = 0; i < lines.length; i++) {
    if (!lines[i].trim()) continue;
    const found = /^([^=<]+)(<<|=)(.*)$/.exec(lines[i]);
    if (!found) throw new Error(`not a file command: ${lines[i]}`);
    const [, name, kind, rest] = found;
    if (kind === '=') { values[name] = rest; continue; }
    const block = [];
    while (++i < lines.length && lines[i] !== rest) block.push(lines[i]);
    if (i >= lines.length) throw new Error(`delimiter ${rest} not found`);
    values[name] = block.join('\n');
  }
  return values;
}

/** Takes commands from a step's output, as ActionCommand.cs does: `::` after leading blanks, `##[` anywhere. */
export function commands(output) {
  const found = [];
  let token = null;
  for (const line of output.split(/\r\n|\n|\r/)) {
    const second = /^\s*::([^\s:]+)((?:(?!::).)*)::(.*)$/u.exec(line);
    const known = (name) => COMMANDS.includes(name.toLowerCase()) || name.toLowerCase() === token;
    let command = second && known(second[1]) ? { name: second[1].toLowerCase(), properties: second[2].trim(), data: second[3] } : null;
    const first = /##\[([a-zA-Z-]+)(?: ([^\]]*))?\](.*)$/.exec(line);
    if (!command && first && known(first[1])) command = { name: first[1].toLowerCase(), properties: first[2] ?? '', data: first[3] };
    if (!command) continue;
    if (token !== null) { if (command.name === token) token = null; continue; }
    if (command.name === 'stop-commands') token = command.data.toLowerCase();
    else found.push(command);
  }
  if (token !== null) throw new Error('commands were stopped and not started again');
  return found;
}

/** One run of an action or a job. `world`: workspace, temp, artifacts (name to folder), env, github, event, root. */
export class Run {
  constructor(world) {
    Object.assign(this, { world, log: [], summary: '', output: '', commands: [], uploads: {}, paths: [], env: {}, counter: 0 });
  }

  /** Runs `action.yml` in `folder`; gives its outputs and whether it failed. */
  action(folder, given) {
    const action = parse(fs.readFileSync(path.join(folder, 'action.yml'), 'utf8'));
    const unknown = Object.keys(given).filter((name) => !(name in action.inputs));
    if (unknown.length) throw new Error(`unknown inputs: ${unknown}`);
    const inputs = Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, String(given[name] ?? input.default ?? '')]));
    const context = { ...this.context(), inputs, steps: {} };
    const failed = this.steps(action.runs.steps, context, folder);
    const outputs = Object.entries(action.outputs).map(([name, output]) => [name, substitute(output.value, context, failed)]);
    return { failed, outputs: Object.fromEntries(outputs) };
  }

  /** Runs a job whose needs ended as given; `skipped` when its condition says so. */
  job(workflow, name, needs) {
    const job = workflow.jobs[name];
    const context = { ...this.context(), needs, steps: {} };
    const broken = Object.values(needs).some((need) => need.result !== 'success');
    if (!condition(job.if, context, broken)) return { skipped: true };
    return { failed: this.steps(job.steps, context, this.world.workspace), steps: context.steps };
  }

  context() {
    const { github, workspace, temp } = this.world;
    return { env: this.env, runner: { os: 'Linux', arch: 'X64', temp }, github: { workspace, ...github } };
  }

  steps(steps, context, folder) {
    let failed = false;
    for (const step of steps) {
      if (!condition(step.if, context, failed)) { this.log.push({ step: step.name ?? step.id ?? step.uses, outcome: 'skipped' }); continue; }
      const fill = (map) => Object.fromEntries(Object.entries(map ?? {}).map(([k, v]) => [k, substitute(v, context, failed)]));
      const result = step.uses ? this.use(step.uses, fill(step.with)) : this.shell(step, fill(step.env), context, folder, failed);
      const outcome = result.failed ? 'failure' : 'success';
      if (step.id) context.steps[step.id] = { outputs: result.outputs ?? {}, outcome, conclusion: step['continue-on-error'] ? 'success' : outcome };
      this.log.push({ step: step.name ?? step.id ?? step.uses, outcome });
      if (result.failed && !step['continue-on-error']) failed = true;
    }
    return failed;
  }

  use(uses, given) {
    const { artifacts, workspace, root } = this.world;
    if (uses === './') return this.action(root, given);
    const [name, commit] = uses.split('@');
    if (!/^[0-9a-f]{40}$/.test(commit ?? '')) throw new Error(`not pinned by commit: ${uses}`);
    if (name === 'actions/checkout') return {};
    if (name === 'actions/download-artifact') {
      if (!artifacts[given.name]) return { failed: true };
      fs.cpSync(artifacts[given.name], path.join(workspace, given.path ?? '.'), { recursive: true });
      return {};
    }
    if (name === 'actions/upload-artifact') {
      this.uploads[given.name] = fs.readdirSync(path.join(workspace, given.path)).sort();
      return {};
    }
    throw new Error(`this runner does not know ${uses}`);
  }

  shell(step, own, context, folder, failed) {
    if (/\$\{\{/.test(step.run)) throw new Error(`an expression inside a script: ${step.run}`);
    const { temp, workspace } = this.world;
    const number = ++this.counter;
    const files = Object.fromEntries(['OUTPUT', 'ENV', 'PATH', 'STEP_SUMMARY', 'STATE'].map((name) => [`GITHUB_${name}`, path.join(temp, `${number}-${name}`)]));
    Object.values(files).forEach((file) => fs.writeFileSync(file, ''));
    const script = path.join(temp, `${number}.sh`);
    fs.writeFileSync(script, step.run);
    const env = {
      HOME: process.env.HOME, PATH: [...this.paths, process.env.PATH].join(':'), CI: 'true', GITHUB_ACTIONS: 'true', RUNNER_TEMP: temp, RUNNER_OS: 'Linux',
      GITHUB_WORKSPACE: workspace, GITHUB_ACTION_PATH: folder, GITHUB_EVENT_NAME: context.github.event_name, GITHUB_EVENT_PATH: path.join(temp, 'event.json'), ...this.world.env, ...this.env, ...files, ...own,
    };
    fs.writeFileSync(path.join(temp, 'event.json'), JSON.stringify(context.github.event ?? {}));
    // A step without `shell` has no pipefail on GitHub.
    const flags = step.shell === 'bash' ? ['-eo', 'pipefail'] : ['-e'];
    const done = spawnSync('/bin/bash', ['--noprofile', '--norc', ...flags, script], { cwd: workspace, encoding: 'utf8', env, maxBuffer: 1 << 28 });
    this.output += done.stdout + done.stderr;
    this.commands.push(...commands(done.stdout), ...commands(done.stderr));
    Object.assign(this.env, readKeyValues(files.GITHUB_ENV));
    this.paths.unshift(...fs.readFileSync(files.GITHUB_PATH, 'utf8').split('\n').filter(Boolean));
    const summary = fs.readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8');
    if (Buffer.byteLength(summary) > SUMMARY_LIMIT) throw new Error('a step summary of more than 1 MiB is not shown');
    this.summary += summary;
    return { failed: done.status !== 0, status: done.status, outputs: readKeyValues(files.GITHUB_OUTPUT) };
  }
}
