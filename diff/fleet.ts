import { fieldAnywhere, NAMESPACE, textAnywhere, valueAnywhere } from './anywhere';
import type { TwiceSaid } from './comparable';
import type { FieldChange } from './field-change';
import type { ObjectChange } from './object-change';
import type { RiskClass } from './risk/classes';
import { rank, worstOf } from './risk/classes';
import type { Risk } from './risk/risk';
import type { WorkloadReplacement } from './rollout';
import { isOfSchema, sameInSchemas } from './schema-fields';

/** What changes in one target. */
export interface TargetChange {
  /** `prod@cloud`, or how a set of manifests is called. */
  readonly target: string;
  /** What tells it from the others wherever its files stand. @default - its name */
  readonly place?: string;
  /** `added`: it was not there before; `removed`: it is there no more. */
  readonly does: 'added' | 'removed' | 'changed';
  readonly changes: readonly ObjectChange[];
  readonly risks: readonly Risk[];
  /** The workloads whose pods are replaced, in their order. */
  readonly replaced: readonly WorkloadReplacement[];
  /** Objects that stand several times on one side. @default - none */
  readonly twice?: readonly SideTwice[];
}

/** An object that stands several times on one side of a comparison. */
export interface SideTwice extends TwiceSaid {
  readonly side: 'before' | 'after';
}

/** The same of one of several targets. */
export interface FleetTwice extends SideTwice {
  readonly target: string;
}

/** One object of one target. */
export interface FleetInstance {
  readonly target: string;
  /** The target, or how a set of manifests is called below the folders that are compared. */
  readonly place: string;
  readonly change: ObjectChange;
}

/** The same change of one object or of several, in one target or in several: it is shown once. */
export interface FleetChange {
  readonly does: ObjectChange['does'];
  /** `Deployment/shop/web`; without the namespace where it has another one in other targets. */
  readonly objects: readonly string[];
  /** What a renamed one was called; `in namespace shop` where nothing but that is another one. @default - it keeps its name */
  readonly was?: string;
  readonly targets: readonly string[];
  /** In what each differs; none where it comes or goes. */
  readonly fields: readonly FieldChange[];
  readonly class: RiskClass;
  /** What the rules say of it, each sentence once, the worst first. */
  readonly risks: readonly Pick<Risk, 'class' | 'rule' | 'message' | 'advice'>[];
  /** Every object of every target that it is about. */
  readonly instances: readonly FleetInstance[];
  /** What of the sources moved it. @default - nobody knows: it is not our own render */
  readonly causes?: readonly FleetCause[];
}

/** What of the sources moved a change, in words. */
export interface FleetCause {
  /** `web.replicas: 3 → 4 (environment, environments/prod.ts:11: "one per zone")` */
  readonly text: string;
  /** The fields that it moved. @default - all of them */
  readonly fields?: readonly FieldChange[];
  /** The objects that it brought or took away. @default - all of them */
  readonly objects?: readonly string[];
}

/** A target that is there on one side only. */
export interface FleetTarget {
  readonly target: string;
  readonly does: 'added' | 'removed';
  readonly objects: readonly string[];
  readonly class: RiskClass;
  readonly risks: readonly Risk[];
}

/** The same replacement in several targets. */
export interface FleetReplacement {
  readonly targets: readonly string[];
  readonly replacement: WorkloadReplacement;
}

export interface Fleet {
  /** The targets that were compared. */
  readonly targets: readonly string[];
  readonly changes: readonly FleetChange[];
  readonly whole: readonly FleetTarget[];
  readonly class: RiskClass;
  /** Pods that are replaced, in the order in which targets are declared and objects are applied; alike ones are one. */
  readonly replaced: readonly FleetReplacement[];
  /** Whether the rules judged it; what differs in two environments is no change. */
  readonly judged: boolean;
  /** Objects that stand several times on one side of a target. */
  readonly twice: readonly FleetTwice[];
}

export interface FleetOptions {
  /** Whether the rules judged it. @default true */
  readonly judged?: boolean;
  /** What is compared beside the targets and is none, such as what hands them over. @default - all are targets */
  readonly beside?: readonly string[];
}

/**
 * Changes of many targets, each told once. What is grouped is a change of one field: targets in which the same field goes from the same value
 * to the same one are together, whatever else differs in them.
 */
export function fleetOf(targets: readonly TargetChange[], { judged = true, beside = [] }: FleetOptions = {}): Fleet {
  const changed = targets.filter(({ does }) => does === 'changed');
  const units = withFoldedSchemas(unitsOf(changed, namesOf(changed)));
  const { common, others } = commonOf(units);
  const ofObjects = joined(
    others,
    // One object with all of its fields that change in the same targets…
    (unit) => [unit.does, unit.objects.join(), unit.was, whereOf(unit)],
    withFields,
  );
  const groups = joined(
    [...joined(common, (unit) => [unit.does, whereOf(unit)], withFields), ...ofObjects],
    // …and all objects to which the same happens there.
    (unit) => [unit.does, unit.was, unit.targets.join(), ...unit.anywhere.map(keyOf), ...unit.risks.map(messageOf)],
    withObjects,
  );
  const changes = groups.map(finished).sort(inOrder);
  const whole = targets.flatMap(({ target, does, changes, risks }): FleetTarget[] => {
    if (does === 'changed') return [];
    const objects = changes.map(({ id }) => id);
    return [{ target, does, objects, risks, class: worstOf(risks.map((risk) => risk.class)) }];
  });
  return {
    targets: targets.map(({ target }) => target).filter((target) => !beside.includes(target)),
    changes,
    whole,
    class: worstOf([...changes, ...whole].map((each) => each.class)),
    replaced: replacedIn(changed),
    judged,
    twice: targets.flatMap(({ target, twice = [] }) => twice.map((each) => ({ ...each, target }))),
  };
}

function replacedIn(targets: readonly TargetChange[]): FleetReplacement[] {
  return joined(
    targets.flatMap(({ target, replaced }) => replaced.map((replacement) => ({ targets: [target], replacement }))),
    ({ replacement: { workload, ...how } }) => [workload.split('/')[0], workload.split('/').at(-1), how],
    (one, other) => ({ ...one, targets: [...one.targets, ...other.targets] }),
  );
}

/**
 * Generated definitions say the same wherever a type is used, in one definition and in others: what changes in the type is told once, with
 * all of its places. What is said to people there is one change of all of them.
 */
function withFoldedSchemas(units: readonly Unit[]): Unit[] {
  return joined(
    units,
    (unit, i) => {
      const [field] = unit.fields;
      const [{ change } = { change: undefined }] = unit.instances;
      const isFolded = field && isOfSchema(field) && change?.after?.kind === 'CustomResourceDefinition';
      return isFolded ? [unit.does, unit.targets.join(), sameInSchemas(field), ...unit.risks.map(messageOf)] : [i];
    },
    (unit, other) => ({
      ...withFields(unit, other),
      objects: unionOf(unit.objects, other.objects),
      instances: unionOf(unit.instances, other.instances, ({ target, change }) => `${target} ${change.id}`),
    }),
  );
}

function unionOf<T>(one: readonly T[], other: readonly T[], key: (each: T) => unknown = (each) => each): T[] {
  return [...new Map([...one, ...other].map((each) => [key(each), each])).values()];
}

/** From so many objects on, a field that changes alike is told once, and not with each object. */
const COMMON = 3;

/** Fields that change alike in several objects of the same targets, such as a label of all. */
function commonOf(units: readonly Unit[]): { readonly common: readonly Unit[]; readonly others: readonly Unit[] } {
  const key = ({ does, targets, anywhere, risks }: Unit) => [does, targets, anywhere.map(keyOf), risks.map(messageOf)];
  const joint = joined(
    units.filter(({ fields }) => fields.length > 0),
    key,
    withObjects,
  ).filter(({ objects }) => objects.length >= COMMON);
  const keys = new Set(joint.map((unit) => JSON.stringify(key(unit))));
  const isCommon = (unit: Unit) => unit.fields.length > 0 && keys.has(JSON.stringify(key(unit)));
  return { common: joint, others: units.filter((unit) => !isCommon(unit)) };
}

const withFields = (unit: Unit, other: Unit): Unit => ({
  ...unit,
  fields: [...unit.fields, ...other.fields],
  anywhere: [...unit.anywhere, ...other.anywhere],
  risks: [...unit.risks, ...other.risks],
});
const withObjects = (unit: Unit, other: Unit): Unit => ({
  ...alike(unit, other),
  objects: [...unit.objects, ...other.objects],
  instances: [...unit.instances, ...other.instances],
});

/** One field of one object, or an object that comes or goes, in all targets where just that happens. */
interface Unit extends Omit<FleetChange, 'class' | 'risks'> {
  /** The fields as they read in every namespace. */
  readonly anywhere: readonly FieldChange[];
  readonly risks: readonly UnitRisk[];
}

interface UnitRisk extends Pick<Risk, 'class' | 'rule' | 'message' | 'advice'> {
  readonly target: string;
  /** The message as it reads in every namespace. */
  readonly anywhere: string;
}

function unitsOf(targets: readonly TargetChange[], names: ReadonlyMap<ObjectChange, string>): Unit[] {
  const units = targets.flatMap(({ target, place = target, changes, risks }) =>
    changes.flatMap((change): Unit[] => {
      const [kind, second, name] = change.id.split('/');
      const namespace = name !== undefined || kind === 'Namespace' ? second : undefined;
      // What is said of an object names its namespace, which is another one in each environment.
      const short = (text: string) => (name === undefined ? text : text.replaceAll(`/${namespace}/`, '/'));
      const of = (field: FieldChange | undefined) =>
        risks
          .filter((risk) => risk.change === change && risk.field === field)
          .map(({ class: risk, rule, message, advice }) => ({
            ...{ class: risk, rule, target },
            ...{ message: short(message), advice: short(advice), anywhere: textAnywhere(short(message), namespace) },
          }));
      const base = {
        does: change.does,
        objects: [names.get(change)!],
        ...(change.was === undefined ? {} : { was: movedFrom(change.was, change.id) ?? change.was }),
        targets: [target],
        instances: [{ target, place, change }],
      };
      const whole = of(undefined);
      const parts = change.fields.map((field) => ({
        ...base,
        ...{ fields: [field], anywhere: [fieldAnywhere(field, namespace)], risks: of(field) },
      }));
      return change.fields.length === 0 || whole.length > 0 || change.does === 'renamed'
        ? [...parts, { ...base, fields: [], anywhere: [], risks: whole }]
        : parts;
    }),
  );
  return joined(
    units,
    (unit) => [
      ...[unit.does, unit.objects[0], unit.was, ...unit.anywhere.map(keyOf), ...unit.risks.map(ruleOf)],
      unit.fields.length === 0 && unit.does === 'added' ? contentOf(unit.instances[0]!.change) : undefined,
    ],
    (unit, other) => ({
      ...alike(unit, other),
      targets: [...unit.targets, ...other.targets.filter((target) => !unit.targets.includes(target))],
      instances: [...unit.instances, ...other.instances],
      risks: [...unit.risks, ...other.risks],
    }),
  );
}

/** The namespace that an object keeps its name without. */
function movedFrom(was: string, is: string): string | undefined {
  const [old, now] = [was.split('/'), is.split('/')];
  return old.length === 3 && now.length === 3 && old[2] === now[2] ? `in namespace ${old[1]}` : undefined;
}

/** One of two that say the same: as it reads in every namespace where they differ. */
function alike(unit: Unit, other: Unit): Unit {
  const same = JSON.stringify(unit.fields.map(rawOf)) === JSON.stringify(other.fields.map(rawOf));
  return same ? unit : { ...unit, fields: unit.anywhere };
}

/** Those with the same key become one, in the order of the first of each. */
function joined<T>(
  all: readonly T[],
  key: (each: T, i: number) => readonly unknown[],
  join: (one: T, other: T) => T,
): T[] {
  const found = new Map<string, T>();
  for (const [i, each] of all.entries()) {
    const name = JSON.stringify(key(each, i));
    const one = found.get(name);
    found.set(name, one === undefined ? each : join(one, each));
  }
  return [...found.values()];
}

/** Which object in which targets. */
const whereOf = ({ instances }: Unit) => instances.map(({ target, change }) => `${target} ${change.id}`).join('\n');
/** What is told by what it means is the same however it is written in each target. */
const keyOf = ({ path, before, after, order, follows, sense }: FieldChange) =>
  JSON.stringify([path, ...(sense ? [sense] : [before, after]), order, follows !== undefined]);
/** Numbers in a message differ from target to target, and the change is the same all the same. */
const ruleOf = ({ class: risk, rule }: Pick<Risk, 'class' | 'rule'>) => `${risk} ${rule}`;
const messageOf = ({ rule, anywhere }: UnitRisk) => `${rule} ${anywhere}`;
const rawOf = ({ path, before, after, order, follows }: FieldChange) => [path, before, after, order, follows];

/** What a new object says, wherever it stands. */
function contentOf({ after, id }: ObjectChange): string {
  const parts = id.split('/');
  return JSON.stringify(
    valueAnywhere(after?.object, parts.length === 3 || parts[0] === 'Namespace' ? parts[1] : undefined),
  );
}

/** Names without the namespace where the same object stands in another one in another target. */
function namesOf(targets: readonly TargetChange[]): ReadonlyMap<ObjectChange, string> {
  const short = ({ id }: ObjectChange) => {
    const parts = id.split('/');
    if (parts[0] === 'Namespace') return `Namespace/${NAMESPACE}`;
    return parts.length === 3 ? `${parts[0]}/${parts[2]}` : id;
  };
  const namespaces = new Map<string, Set<string>>();
  const twice = new Set<string>();
  for (const { changes } of targets) {
    const here = new Set<string>();
    for (const change of changes) {
      const name = short(change);
      if (here.has(name)) twice.add(name);
      here.add(name);
      namespaces.set(name, (namespaces.get(name) ?? new Set()).add(change.id));
    }
  }
  return new Map(
    targets.flatMap(({ changes }) =>
      changes.map((change) => {
        const name = short(change);
        return [change, namespaces.get(name)!.size > 1 && !twice.has(name) ? name : change.id] as const;
      }),
    ),
  );
}

function finished({ risks: all, anywhere: _, ...unit }: Unit): FleetChange {
  const risks = [...toldRisks(all)].sort((a, b) => rank(b.class) - rank(a.class));
  return { ...unit, risks, class: worstOf(risks.map((risk) => risk.class)) };
}

/** Of one rule, so many sentences are told that differ from target to target. */
const SENTENCES = 3;

/** Each sentence once; where a rule says another one in other targets, with the targets. */
function toldRisks(all: Unit['risks']): FleetChange['risks'] {
  const sentences = joined(
    all.map(({ target, anywhere, ...risk }) => ({ risk, anywhere, targets: [target] })),
    ({ risk, anywhere }) => [risk.rule, risk.class, anywhere],
    (one, other) => ({
      ...one,
      risk: one.risk.message === other.risk.message ? one.risk : { ...one.risk, message: one.anywhere },
      targets: [...new Set([...one.targets, ...other.targets])],
    }),
  );
  const byRule = joined(
    sentences.map((sentence) => ({ key: ruleOf(sentence.risk), of: [sentence] })),
    ({ key }) => [key],
    (one, other) => ({ ...one, of: [...one.of, ...other.of] }),
  );
  return byRule.flatMap(({ of }) => {
    const everywhere = of.every(({ targets }) => targets.join() === of[0]!.targets.join());
    if (of.length === 1 || everywhere) return of.map(({ risk }) => risk);
    const told = of
      .slice(0, SENTENCES)
      .map(({ risk, targets }) => ({ ...risk, message: `${risk.message}, in ${someOf(targets)}` }));
    const left = of.length - told.length;
    return left === 0
      ? told
      : [...told, { ...of.at(-1)!.risk, message: `and ${left} more like this, in other targets` }];
  });
}

function someOf(targets: readonly string[]): string {
  const more = targets.length - SENTENCES;
  return more > 0 ? `${targets.slice(0, SENTENCES).join(', ')} and ${more} more` : targets.join(', ');
}

/** The worst first, then by name. */
function inOrder(a: FleetChange, b: FleetChange): number {
  return rank(b.class) - rank(a.class) || (a.objects[0]! < b.objects[0]! ? -1 : 1);
}
