// Renders the project in a folder and hands the texts to the process that asked for them; see cli/diff/apart.ts.
import { projectBundles } from './bundles.mjs';
import { loadedProgram } from './program.mjs';

const [root, ...words] = process.argv.slice(2);
const { answerOf } = (await loadedProgram()).load('strata');
const answer = answerOf(root, () => projectBundles(root).load('project').default, words);
// It may have died meanwhile: then nobody waits.
if (process.connected) process.send(answer, () => process.disconnect());
