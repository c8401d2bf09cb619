/** What a team writes its platform with: everything that is in no group of building blocks. */

export { type CompositionSpec, composition } from './composition/composition';
export { matrixOf } from './composition/matrix';
export { namespaceOf, Platform, type PlatformSpec } from './composition/platform';
export { Config, type ConfigData, type ConfigProps } from './constructs/core/config';
export { withContentHash } from './constructs/core/content-hash';
export * from './constructs/core/controller';
export { Credentials, type CredentialsProps, type CredentialsSource } from './constructs/core/credentials';
export {
  type ContainerResource,
  containerResource,
  type PodField,
  type PodFileField,
  podField,
  type ResourceOfContainer,
  type ResourceUnit,
} from './constructs/core/downward';
export {
  type ExpectedKey,
  type ExpectedKeys,
  ExpectedSecret,
  type ExpectedSecretProps,
} from './constructs/core/expected-secret';
export type { RequestMetrics } from './constructs/core/flow';
export { AppNamespace, type AppNamespaceProps, type NamespaceRef } from './constructs/core/namespace';
export * from './constructs/core/network-policies';
export * from './constructs/core/pod';
export * from './constructs/core/probe';
export type { Schedule } from './constructs/core/schedule';
export * from './constructs/core/service';
export * from './constructs/core/storage';
export * from './constructs/core/volume';
export * from './constructs/core/workload';
export {
  type ApplicationProps,
  ChartApplication,
  type ChartApplicationProps,
  FolderApplication,
  type FolderApplicationProps,
} from './constructs/delivery/application';
export type { Delivery, FluxDelivery } from './constructs/delivery/delivery';
export { type RunningVersion, released } from './constructs/delivery/release';
export { Route, type RouteProps } from './constructs/delivery/route';
export { FromHelm, type FromHelmProps } from './constructs/inputs/from-helm';
export { FromKustomize, type FromKustomizeProps } from './constructs/inputs/from-kustomize';
export { FromYaml, type FromYamlProps } from './constructs/inputs/from-yaml';
export { type Alert, type AlertSeverity, type AlertTest, SEVERITIES } from './constructs/monitoring/alert';
export { type ObjectLabels, type StateResource, stateLabel } from './constructs/monitoring/object-state';
export { matchersOf } from './constructs/monitoring/series';
export type { Indicator, Slo } from './constructs/monitoring/slo';
export {
  type Recording,
  RuleSet,
  type RuleSetProps,
  type SetRules,
  Watch,
  type WatchProps,
} from './constructs/monitoring/watch';
export { Component } from './constructs/synthesis/component';
export { type FeatureContext, type FeatureSpec, feature, type PlatformFeature } from './features/feature';
export { type Capability, capabilities } from './model/capability';
export * from './model/cluster';
export * from './model/cluster-facts';
export { StrataError } from './model/errors';
export { because, type Layer } from './model/layers';
export { excluded, type Matrix, target } from './model/matrix';
export * from './model/patch';
export type * from './model/placement';
export * from './model/placement-check';
export type * from './model/quantity';
export {
  type Ab,
  ab,
  type BlueGreen,
  blueGreen,
  type Canary,
  type Color,
  canary,
  cookie,
  header,
  hold,
  type Method,
  type Mirror,
  mirror,
  type PodShare,
  type Recreate,
  type ReleaseForm,
  type ReleaseStep,
  type RequestMatch,
  type Rolling,
  recreate,
  rolling,
  type ServiceVersion,
  share,
  watch,
} from './model/release';
export { release } from './model/release-setting';
export * from './model/setting';
export * from './model/settings';
export { type Environment, environment, type Target } from './model/target';
export type { RouteTraffic } from './model/traffic';
export { type PinnedVersions, versions } from './model/versions';
