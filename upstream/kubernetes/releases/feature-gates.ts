import type { Timeline } from '../data';
import { releasesData } from '../data';
import { at } from '../model';

/** Components that feature gates are set for, and of which it is known which they take. */
export const GATED_COMPONENTS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'kubelet',
  'kubeadm',
] as const;
export type GatedComponent = (typeof GATED_COMPONENTS)[number];

/** Feature gates as they are set: the component starts only with gates that it knows, and not against those that are locked. */
export type FeatureGates = ReadonlyMap<string, boolean>;

interface GateSpec {
  readonly stage: string;
  readonly on: boolean;
  readonly locked: boolean;
}

/** Why a component of a minor version does not start with these gates, or kubeadm refuses a file with them, in its own words; empty: it starts. */
export function gateProblems(component: GatedComponent, gates: FeatureGates, minor: number): string[] {
  const known = knownGates(component, minor);
  const unknown = [...gates.keys()].filter((name) => !known.has(name));
  if (component === 'kubeadm') return unknown.map((name) => `${name} is not a valid feature name.`);
  // It does not look any further.
  if (unknown.length > 0) return unknown.map((name) => `unrecognized feature gate: ${name}`);
  const against = [...gates].flatMap(([name, value]) => {
    const { locked, on } = known.get(name)!;
    return locked && on !== value ? [`cannot set feature gate ${name} to ${value}, feature is locked to ${on}`] : [];
  });
  return against.length > 0 ? against : dependencyProblems(gates, known, minor);
}

/** From 1.35 on a gate that is on needs others to be on. */
function dependencyProblems(gates: FeatureGates, known: ReadonlyMap<string, GateSpec>, minor: number): string[] {
  const isOn = (name: string) => {
    const { stage, on } = known.get(name)!;
    return (
      gates.get(name) ??
      (stage === 'ALPHA' ? gates.get('AllAlpha') : stage === 'BETA' ? gates.get('AllBeta') : undefined) ??
      on
    );
  };
  return Object.entries(releasesData().dependencies).flatMap(([name, timeline]) => {
    const needed = at(timeline, minor) ?? [];
    if (needed.length === 0 || !known.has(name) || !isOn(name)) return [];
    const off = needed.filter((each) => !isOn(each));
    return off.length === 0
      ? []
      : [`${name} is enabled, but depends on features that are disabled: [${off.join(' ')}]`];
  });
}

function knownGates(component: GatedComponent, minor: number): Map<string, GateSpec> {
  const { gates } = releasesData();
  const lines: Readonly<Record<string, Timeline<string>>>[] =
    component === 'kubeadm'
      ? [gates.kubeadm]
      : component === 'kube-controller-manager'
        ? [gates.components, gates['kube-controller-manager']]
        : [gates.components];
  return new Map(
    lines.flatMap((line) =>
      Object.entries(line).flatMap(([name, timeline]) => {
        const text = at(timeline, minor);
        if (!text) return [];
        const [stage = '', on, locked] = text.split(' ');
        return [[name, { stage, on: on === 'on', locked: locked !== undefined }] as const];
      }),
    ),
  );
}
