import { checks as allChecks } from '../checks/registry';

/** What reads any manifests to write a project that renders them. */
export { command as adopt } from './adopt/adopt';
/** The commands that judge manifests: a bundle of their own, because they are most of the code and few runs need them. */
export { command as alerts } from './alerts';
export { command as chain } from './chain';
export { command as checks } from './checks';
export { command as diff } from './diff/diff';
export { command as facts } from './facts';
/** For `why`, which renders and asks what that does to the connections. */
export { flowChangeLines, flowsBrought } from './feature-flows';
export { command as flows } from './flows';
export { command as plan } from './plan';
export { command as promote } from './promote';
export { command as publish } from './publish';
export { command as route } from './route';
export { command as simulate } from './simulate';
export { command as toGateway } from './to-gateway';
export { command as verify } from './verify';

/** For completion. */
export const checkNames: readonly string[] = allChecks.map(({ id }) => id);
