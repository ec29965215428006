import { finish } from './harness.mjs';
import { everyPage } from './every-page.mjs';
import { report } from './report.mjs';
import { benchmarks } from './benchmarks.mjs';
import { variants } from './variants.mjs';

const [first, ...more] = process.argv.slice(2);
await report(first);
for (const file of [first, ...more]) await everyPage(file);
await variants(first);
await benchmarks();
await finish();
