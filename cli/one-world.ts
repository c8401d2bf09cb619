import { Inputs } from '../checks/inputs';
import { systemAccess } from '../manifests/reading/inputs';
import { positionOf } from '../manifests/reading/yaml/position';
import type { Path, Resource } from '../manifests/resource';
import { pathText } from '../manifests/resource';
import { StrataError } from '../model/errors';
import { podsOnUnknownNodes } from '../simulate/scheduling/known-pods';
import { factsWithNodes } from '../world/cluster-facts';
import type { Unusable } from '../world/unusable';
import { unusableIn } from '../world/unusable';
import { World } from '../world/world';
import type { Host, Project } from './command';
import { appliedIn, configured } from './configured';
import type { Given } from './options/table';
import { subjectsOf } from './subjects';
import type { alerts } from './tables';

/** The manifests of one cluster, with what is known of it; what cannot be read is told, and left out, and so is what runs nowhere. */
export function oneWorld<P>(
  project: Project<P>,
  command: string,
  words: readonly string[],
  given: Omit<Given<typeof alerts>['values'], 'format' | 'at'>,
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
  const { manifests, declared, unread, appliedTo } = subject;
  const facts = factsWithNodes(subject.facts, manifests.resources);
  for (const { file, line, column, reason } of inputs.unreadable)
    host.printError(`${file}:${line}:${column}: ${reason}`);
  const world = new World(manifests.resources, facts, declared, undefined, manifests.documents, appliedTo, unread);
  refuseUnusable(world, command, host);
  const lost = podsOnUnknownNodes(world);
  for (const [node, pods] of lost)
    host.printError(
      `${placeOf(pods[0]!, ['spec', 'nodeName'])}: ${podsText(world, pods)} on ${node}, which is not among the nodes of the cluster: left out`,
    );
  return { world, unreadable: inputs.unreadable.length > 0 || lost.size > 0 };
}

function placeOf(resource: Resource, path: Path): string {
  const { line, column } = positionOf(resource, path);
  return `${resource.source.file}:${line}:${column}`;
}

function podsText(world: World, [first, ...others]: readonly Resource[]): string {
  const more = others.length === 0 ? '' : ` and ${others.length} ${others.length === 1 ? 'other' : 'others'}`;
  return `${world.idOf(first!)}${more} ${others.length === 0 ? 'runs' : 'run'}`;
}

/** So many errors are shown one by one. */
const SHOWN = 10;

/** What no cluster can have is an error: whatever was simulated from it would be no answer. */
function refuseUnusable(world: World, command: string, host: Host): void {
  const found = unusableIn(world);
  const text = ({ resource, path, message }: Unusable) => `${world.idOf(resource)} ${pathText(path)}: ${message}`;
  const [first, ...others] = found;
  if (!first) return;
  const fixes = ['correct it: `strata verify` says what else the API server refuses'];
  if (others.length === 0) throw new StrataError(placeOf(first.resource, first.path), text(first), fixes);
  for (const each of found.slice(0, SHOWN)) host.printError(`${placeOf(each.resource, each.path)}: ${text(each)}`);
  throw new StrataError(command, `cannot be answered for what no cluster can have: ${found.length} errors`, fixes);
}

/** What needs nodes, and was told of none. */
export function withoutNodes(command: string): StrataError {
  return new StrataError(command, 'needs to know the nodes of the cluster', [
    'name the cluster: --cluster NAME, or a file with what `kubectl get nodes -o yaml` prints',
  ]);
}
