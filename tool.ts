import { commands } from './cli/commands';
import { judgingCommands } from './cli/judging';
import { program } from './cli/program';
import { version } from './package.json';

/** The program: with a project it renders and explains its targets, without one it judges manifests. */
export const strata = program({ version, commands, judgingCommands });

/** For the process that renders an earlier state of the sources (bin/renderer.mjs). */
export { answerOf } from './cli/diff/apart';
