import type { Json, Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Application } from './argo';
import { isTemplated } from './argo';
import { contentsOf } from './argo-contents';
import type { World } from './world';

/** Whether an Application applies these objects: by what stands in its folder, or, where that is not told, by their namespace. */
export function applies(world: World, application: Application, objects: readonly Resource[]): boolean {
  const [first] = objects;
  const contents = contentsOf(world, application);
  if (contents.length > 0) return contents.some(({ resources }) => resources.includes(first!));
  const namespace = string(record(application.spec['destination'])?.['namespace']) ?? '';
  return !isTemplated(namespace) && objects.every((each) => world.namespaceOf(each) === namespace);
}

/** An object, and who writes into it. */
export interface WrittenObject {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  /** Another group that it is called by. @default - its own alone */
  readonly group?: string;
  /** What its writer calls itself in `managedFields`. */
  readonly managers: RegExp;
}

/** Whether an entry of ignoreDifferences leaves a field, by its JSON pointer, to others. */
export function ignoresPointer(
  entry: Json | undefined,
  { resource, namespace, group, managers }: WrittenObject,
  pointer: string,
): boolean {
  if (!entry) return false;
  const meant = (field: string, own: string | undefined) => [undefined, '', '*', own].includes(string(entry[field]));
  // The core group is named by an empty text, or not at all.
  const isGroup = meant('group', resource.group) || (group !== undefined && meant('group', group));
  if (!isGroup || !meant('kind', resource.kind) || !meant('name', resource.name) || !meant('namespace', namespace))
    return false;
  return (
    list(entry['jsonPointers'])
      .map(String)
      .some((path) => pointer === path || pointer.startsWith(`${path}/`)) ||
    list(entry['jqPathExpressions'])
      .map(String)
      .some((path) => isInJq(path, pointerPath(pointer))) ||
    list(entry['managedFieldsManagers']).some((manager) => managers.test(String(manager)))
  );
}

/** The path that a JSON pointer means. */
export function pointerPath(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replace(/~1/g, '/').replace(/~0/g, '~')));
}

/** `.spec`, `."a-b"`, `["a-b"]`, `[]`, `[0]`, with or without `?`, one after another, also through pipes. */
const JQ_STEP = /^\s*\|?\s*(?:\.?"([^"]+)"|\.?\["([^"]+)"\]|\.([A-Za-z_]\w*)|\.?\[(\d*)\]|\.(?=\[))\??/;

/** Whether an expression of jq means a field, or what it is in. What is chosen by more than places, such as `select`, is taken to mean it. */
function isInJq(expression: string, path: Path): boolean {
  let rest = expression.trim();
  for (const step of path) {
    const found = JQ_STEP.exec(rest);
    // All that it says is in front of the field; or it goes on in a way that is not read here.
    if (!found) return rest !== expression.trim();
    const [whole, quoted, bracketed, name, index] = found;
    const wanted = quoted ?? bracketed ?? name;
    if (wanted === undefined ? typeof step !== 'number' || (index !== '' && Number(index) !== step) : wanted !== step)
      return false;
    rest = rest.slice(whole.length);
  }
  return rest === '';
}
