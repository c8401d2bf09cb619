import { mappings } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { foundOutside } from '../../world/application-generators';
import { applicationPolicyOf } from '../../world/application-policy';
import type { GeneratedApplication } from '../../world/application-sets';
import { generatedApplications } from '../../world/application-sets';
import { isTemplated } from '../../world/argo';
import { withResources } from '../comparable';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { objectChanges } from '../objects';
import { changesOf } from './kinds';
import { fieldAt } from './paths';
import { byNumber, firstNames } from './plural';
import type { FoundRisk, WorldChange } from './risk';

/** What becomes of the Applications of one ApplicationSet. */
export interface GeneratedChange {
  /** The change of the set. */
  readonly change: ObjectChange;
  /** The same as if each of its Applications were written down. */
  readonly diff: WorldChange;
  /** Those that it makes before and after. */
  readonly applications: readonly { readonly before: GeneratedApplication; readonly after: GeneratedApplication }[];
  /** Of which names it is not known whether there is one for each cluster, folder or pull request. */
  readonly several: ReadonlySet<string>;
  /** Whether it may make others than before, and which is not known. */
  readonly mayDiffer: boolean;
  /** Whether it deletes those that it makes no more. */
  readonly deletes: boolean;
}

/**
 * What is found of Applications, also of those that an ApplicationSet makes: they are judged as if they were written down, and told of the
 * set.
 */
export function* inApplications(
  diff: WorldChange,
  find: (diff: WorldChange) => Iterable<FoundRisk>,
): Iterable<FoundRisk> {
  yield* find(diff);
  for (const generated of generatedChanges(diff)) {
    const alike = new Map<string, FoundRisk[]>();
    for (const found of find(generated.diff)) {
      const field = fieldOfSet(generated.change, found.field);
      addTo(alike, JSON.stringify([found.class, found.message, field?.path, isGone(found.change)]), {
        ...found,
        field,
      });
    }
    for (const each of alike.values()) {
      const names = [...new Set(each.map(({ change }) => nameOf(change, generated.several)))];
      const [first] = each as [FoundRisk];
      const goes = isGone(first.change) ? byNumber(names.length, ' goes', ' go') : '';
      yield { ...first, change: generated.change, message: `${firstNames(names)} of it${goes}: ${first.message}` };
    }
  }
}

/** What becomes of the Applications of each ApplicationSet that changes. */
export const generatedChanges = memo((diff: WorldChange): readonly GeneratedChange[] =>
  changesOf(diff, 'ApplicationSet').flatMap((change) => {
    const { does, before, after } = change;
    if (does !== 'changed' || before?.group !== 'argoproj.io' || after?.group !== 'argoproj.io') return [];
    const policy = applicationPolicyOf(diff.after, after);
    const [old, now] = [generatedApplications(before), generatedApplications(after)];
    const isIn = (all: readonly GeneratedApplication[]) => {
      const names = new Set(all.map(({ resource }) => resource.name));
      return ({ resource }: GeneratedApplication) => names.has(resource.name);
    };
    const [isLeft, wasThere] = [isIn(now), isIn(old)];
    // Another way to write what is not worked out may come to the same name.
    const shapes = new Set(now.filter((each) => !wasThere(each)).flatMap((each) => shapeOf(each) ?? []));
    const mayStay = (each: GeneratedApplication) => shapes.has(shapeOf(each) ?? '');
    const unsure = new Set(old.filter((each) => !isLeft(each) && mayStay(each)).map(shapeOf));
    const kept = old.filter((each) => (isLeft(each) ? policy.updates : policy.deletes && !unsure.has(shapeOf(each))));
    const made = now.filter((each) => (wasThere(each) ? policy.updates : !unsure.has(shapeOf(each))));
    const resources = (all: readonly GeneratedApplication[]) => all.map(({ resource }) => resource);
    const changes = objectChanges(
      withResources(diff.before, resources(kept)),
      withResources(diff.after, resources(made)),
    );
    const outside = [before, after].map((set) =>
      mappings(set.at(['spec', 'generators']))
        .map(foundOutside)
        .join('\n'),
    );
    return {
      change,
      diff: { ...diff, changes },
      applications: kept.flatMap((was) => {
        const is = made.find(({ resource }) => resource.name === was.resource.name);
        return is ? [{ before: was, after: is }] : [];
      }),
      several: new Set([...old, ...now].filter(({ isOne }) => !isOne).map(({ resource }) => resource.name)),
      mayDiffer: outside[0] !== outside[1] || unsure.size > 0,
      deletes: policy.deletes,
    };
  }),
);

/** `{{}}-web` of `{{.name}}-web`: what of a name is known; undefined where all of it is. */
function shapeOf({ resource }: GeneratedApplication): string | undefined {
  return isTemplated(resource.name) ? resource.name.replace(/\{\{.*?\}\}/gs, '{{}}') : undefined;
}

/** The field of an ApplicationSet that changes one of its Applications. */
function fieldOfSet(change: ObjectChange, field: FieldChange | undefined): FieldChange | undefined {
  const own = field && fieldAt(change, ['spec', 'template', ...field.path]);
  const others = [['spec', 'generators'], ['spec', 'templatePatch'], ['spec', 'template'], ['spec']];
  return own ?? others.map((path) => fieldAt(change, path)).find(Boolean);
}

/** `Application shop-a`, or `every Application {{.name}}-a`. */
function nameOf({ does, name, was }: ObjectChange, several: ReadonlySet<string>): string {
  const own = does === 'renamed' ? (was?.name ?? name) : name;
  return `${several.has(own) ? 'every ' : ''}Application ${own}`;
}

function isGone({ does }: ObjectChange): boolean {
  return does === 'removed' || does === 'renamed';
}
