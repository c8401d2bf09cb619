import type { CredentialsSource } from '../constructs/core/expected-secret';
import type { AppNamespace } from '../constructs/core/namespace';
import type { Port, Workload } from '../constructs/core/workload';
import type { Component } from '../constructs/synthesis/component';
import type { PodSecurityLevel } from '../model/cluster-facts';
import { knownNames, StrataError } from '../model/errors';
import type { Feature, FeatureFacts } from '../model/feature';
import type { SettingFields, SettingsGroup, ValuesOf } from '../model/settings';
import { settingsOf } from '../model/settings';
import type { Target } from '../model/target';

export { forWorkloads } from '../model/setting';

/** What a feature is applied to: a target that is being composed. */
export interface FeatureContext {
  readonly target: Target<FeatureContext>;
  /** The namespace of the app. */
  readonly namespace: AppNamespace;
  /** The namespaces that the target creates. */
  readonly namespaces: readonly AppNamespace[];
  /** Every workload that is there so far, by name. */
  readonly workloads: readonly Workload[];
  /** The ports that the composition serves to people. */
  readonly publicPorts: readonly Port[];
  /** Writes a file in a ConfigMap as the manifests themselves are written. */
  readonly toYaml: (value: object) => string;
  /** A building block: its objects become one file. `last` comes after all others: what they must not wait for. */
  component(name: string, options?: { readonly last?: boolean }): Component;
  /** A namespace with what the cluster asks of every one: what the gateway admits, the registries' credentials. */
  addNamespace(scope: Component, name: string, podSecurity: PodSecurityLevel): AppNamespace;
  /** Where passwords come from here; `revision` is part of the Secret's name where they are rotated by hand. */
  credentials(revision: string): CredentialsSource;
  /** Serves a port to the outside if the cluster serves routes; tells whether it does. */
  expose(port: Port, host: string, paths: readonly string[]): boolean;
}

export type PlatformFeature = Feature<FeatureContext>;

export interface FeatureSpec<Fields extends SettingFields> extends FeatureFacts {
  /** What its user may choose. @default - nothing */
  readonly settings?: SettingsGroup<Fields>;
  /** First: adds building blocks of its own. @default - nothing */
  apply?(context: FeatureContext, settings: ValuesOf<SettingsGroup<Fields>>): void;
  /** When every workload is there: changes one. Called for those that the setting `workloads` names. @default - nothing */
  applyTo?(workload: Workload, settings: ValuesOf<SettingsGroup<Fields>>, context: FeatureContext): void;
  /** When every workload is there, before those of `applyTo`: changes what other features added. @default - nothing */
  adjust?(context: FeatureContext, settings: ValuesOf<SettingsGroup<Fields>>): void;
  /** When these are there: adds what connects to all of them, such as a scraper. @default - nothing */
  connect?(context: FeatureContext, settings: ValuesOf<SettingsGroup<Fields>>): void;
  /** When all flows are declared: adds what follows from the whole. @default - nothing */
  finish?(context: FeatureContext, settings: ValuesOf<SettingsGroup<Fields>>): void;
}

/** Declares an optional capability. A target names it; its settings stand in environments, clusters and targets. */
export function feature<Fields extends SettingFields = Record<never, never>>(
  name: string,
  spec: FeatureSpec<Fields>,
): PlatformFeature {
  const settings: SettingsGroup = spec.settings ?? settingsOf(name, {});
  if (spec.applyTo && !settings.fields['workloads'])
    throw new Error(`feature ${name} is for workloads: give it the setting workloads: forWorkloads()`);
  const valuesIn = ({ target }: FeatureContext) =>
    (target.settings as unknown as Readonly<Record<string, unknown>>)[settings.name] as ValuesOf<SettingsGroup<Fields>>;
  return {
    name,
    facts: spec,
    at: new Error('declared here'),
    settings,
    apply: (context) => spec.apply?.(context, valuesIn(context)),
    connect: (context) => spec.connect?.(context, valuesIn(context)),
    adjust: (context) => {
      const values = valuesIn(context);
      spec.adjust?.(context, values);
      if (spec.applyTo)
        for (const workload of chosenWorkloads(name, context, values)) spec.applyTo(workload, values, context);
    },
    finish: (context) => spec.finish?.(context, valuesIn(context)),
  };
}

function chosenWorkloads(feature: string, context: FeatureContext, settings: unknown): readonly Workload[] {
  const { workloads: chosen } = settings as { readonly workloads: 'public' | readonly string[] };
  if (chosen === 'public') return withVersions(context.publicPorts.map(({ workload }) => workload));
  const { workloads, target } = context;
  const named = [...new Set(chosen)].map((name) => {
    const found = workloads.find(({ app }) => app === name);
    if (!found)
      throw new StrataError(`${target.name}, feature ${feature}, workloads`, `there is no workload ${name}`, [
        `name a workload of this target: ${knownNames(
          name,
          workloads.map(({ app }) => app),
        )}`,
        "use 'public': the workloads that are served to people",
      ]);
    return found;
  });
  return withVersions(named);
}

/** Each once, with the other versions of its service. */
function withVersions(workloads: readonly Workload[]): Workload[] {
  return [...new Set(workloads.flatMap((workload) => [workload, ...workload.others]))];
}
