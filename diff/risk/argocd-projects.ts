import type { Resource } from '../../manifests/resource';
import { list } from '../../manifests/resource';
import { isAnyOf } from './policies/match';

/** What one list of a project of Argo CD allows more, or less, than that of another one. */
export interface ProjectList {
  /** `sourceRepos` */
  readonly name: string;
  readonly opened: boolean;
  readonly closed: boolean;
}

/** Every list in which two projects differ, or the same one before and after. */
export function projectLists(before: Resource, after: Resource): ProjectList[] {
  return LISTS.flatMap(([name, refuses]) => {
    const [was, is] = [before, after].map((each) => listedIn(each, name)) as [readonly unknown[], readonly unknown[]];
    const [more, fewer] = [is.filter((each) => !isAnyOf(was, each)), was.filter((each) => !isAnyOf(is, each))];
    const [opened, closed] = refuses ? [fewer, more] : [more, fewer];
    return opened.length + closed.length > 0 ? [{ name, opened: opened.length > 0, closed: closed.length > 0 }] : [];
  });
}

/** Of kinds in namespaces all are allowed where none is named. */
function listedIn(project: Resource, name: string): readonly unknown[] {
  const named = list(project.at(['spec', name]));
  return name === 'namespaceResourceWhitelist' && named.length === 0 ? [{ group: '*', kind: '*' }] : named;
}

/** Lists of a project, and whether they refuse what they name. */
const LISTS: readonly (readonly [string, boolean])[] = [
  ['sourceRepos', false],
  ['sourceNamespaces', false],
  ['destinations', false],
  ['clusterResourceWhitelist', false],
  ['namespaceResourceWhitelist', false],
  ['clusterResourceBlacklist', true],
  ['namespaceResourceBlacklist', true],
];
