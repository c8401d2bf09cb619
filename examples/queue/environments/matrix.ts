import { environment, matrixOf, target } from 'strata';
import { disruptionBudgets, networkPolicies, prometheus } from 'strata/features';
import { kind } from '../clusters/kind';

const dev = environment('dev', { ephemeral: true });

export const matrix = matrixOf([], target(dev, kind, [networkPolicies, disruptionBudgets, prometheus]));
