import { checks as allChecks } from '../checks/registry';

/** The commands that judge manifests: a bundle of their own, because they are most of the code and few runs need them. */
export { command as checks } from './checks';
export { command as flows } from './flows';
export { command as verify } from './verify';

/** For completion. */
export const checkNames: readonly string[] = allChecks.map(({ id }) => id);
