#!/usr/bin/env node
// As much of `gh` as the nightly job uses; issues are kept in the file GH_STORE.
import fs from 'node:fs';

const [noun, verb, ...rest] = process.argv.slice(2);
const issues = JSON.parse(fs.readFileSync(process.env.GH_STORE, 'utf8'));
const options = {};
const words = [];
for (let i = 0; i < rest.length; i++) {
  if (rest[i] === '--force') options.force = true;
  else if (rest[i].startsWith('--')) options[rest[i].slice(2)] = rest[++i];
  else words.push(rest[i]);
}
const save = () => fs.writeFileSync(process.env.GH_STORE, JSON.stringify(issues));
const known = (...names) => {
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  if (unknown.length) throw new Error(`gh ${noun} ${verb} has no --${unknown}`);
};

if (noun === 'label' && verb === 'create') {
  known('color', 'description', 'force');
} else if (noun === 'issue' && verb === 'list') {
  known('state', 'label', 'limit', 'json');
  const wanted = issues.filter((issue) => issue.labels.includes(options.label) && (options.state === 'all' || issue.state.toLowerCase() === options.state));
  const fields = options.json.split(',');
  console.log(JSON.stringify(wanted.slice(0, Number(options.limit)).map((issue) => Object.fromEntries(fields.map((field) => [field, issue[field]])))));
} else if (noun === 'issue' && verb === 'create') {
  known('title', 'body-file', 'label');
  issues.push({ number: issues.length + 1, title: options.title, body: fs.readFileSync(options['body-file'], 'utf8'), state: 'OPEN', labels: [options.label], comments: [] });
  save();
} else if (noun === 'issue' && verb === 'close') {
  known('comment');
  const issue = issues.find((one) => one.number === Number(words[0]));
  if (issue.state !== 'OPEN') throw new Error(`issue ${issue.number} is closed already`);
  issue.state = 'CLOSED';
  issue.comments.push(options.comment);
  save();
} else {
  throw new Error(`this gh does not know ${noun} ${verb}`);
}
