import { Inputs } from '../checks/inputs';
import { systemAccess } from '../manifests/reading/inputs';
import { StrataError } from '../model/errors';
import { World } from '../world/world';
import type { Host, Project } from './command';
import { appliedIn, configured } from './configured';
import type { Given } from './options/table';
import { subjectsOf } from './subjects';
import type { simulate } from './tables';

/** The manifests of one cluster, with what is known of it; what cannot be read is told, and left out. */
export function oneWorld<P>(
  project: Project<P>,
  command: string,
  words: readonly string[],
  given: Omit<Given<typeof simulate>['values'], 'format'>,
  host: Host,
): { readonly world: World; readonly unreadable: boolean } {
  const { values, config } = configured(given);
  const inputs = new Inputs({ ...systemAccess, readerFile: host.readerFile }, host.progress);
  const asked = { ...values, kubernetes: undefined, previous: undefined, appliedTo: appliedIn(values, config) };
  const { subjects } = subjectsOf(project, words, asked, inputs, host.progress);
  const [subject, ...others] = subjects;
  if (!subject || others.length > 0)
    throw new StrataError(command, `is about the pods of one cluster, not of ${subjects.length}`, [
      'name one target, or one folder of manifests',
    ]);
  const { manifests, facts, declared, unread, appliedTo } = subject;
  for (const { file, line, column, reason } of inputs.unreadable)
    host.printError(`${file}:${line}:${column}: ${reason}`);
  const world = new World(manifests.resources, facts, declared, undefined, manifests.documents, appliedTo, unread);
  return { world, unreadable: inputs.unreadable.length > 0 };
}

/** What needs nodes, and was told of none. */
export function withoutNodes(command: string): StrataError {
  return new StrataError(command, 'needs to know the nodes of the cluster', [
    'name the cluster: --cluster NAME, or a file with what `kubectl get nodes -o yaml` prints',
  ]);
}
