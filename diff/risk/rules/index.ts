import type { RiskRule } from '../risk';
import admissionBlocks from './admission-blocks';
import admissionLoosened from './admission-loosened';
import admissionTightened from './admission-tightened';
import appliedInPlace from './applied-in-place';
import argocdNarrowed from './argocd-narrowed';
import argocdWidened from './argocd-widened';
import authenticationAsked from './authentication-asked';
import authenticationRemoved from './authentication-removed';
import autoscalerBlind from './autoscaler-blind';
import autoscalerRemoved from './autoscaler-removed';
import autoscalingBounds from './autoscaling-bounds';
import bindingRefused from './binding-refused';
import budgetBlocks from './budget-blocks';
import budgetLoosened from './budget-loosened';
import checkFails from './check-fails';
import claimRemoved from './claim-removed';
import cloudIdentityChanged from './cloud-identity-changed';
import clusterAccessChanged from './cluster-access-changed';
import clusterNamesLost from './cluster-names-lost';
import configNeedsRestart from './config-needs-restart';
import configurationUnread from './configuration-unread';
import confinementLoosened from './confinement-loosened';
import confinementTightened from './confinement-tightened';
import conversionSwitched from './conversion-switched';
import crdRemoved from './crd-removed';
import daemonSetNarrowed from './daemon-set-narrowed';
import databaseFilesChanged from './database-files-changed';
import defaultClassChanged from './default-class-changed';
import deliveryAutomated from './delivery-automated';
import deliveryMeansLost from './delivery-means-lost';
import deliveryRemoved from './delivery-removed';
import deliveryReplaces from './delivery-replaces';
import deliveryUnpinned from './delivery-unpinned';
import deliveryUnseen from './delivery-unseen';
import deliveryUnverified from './delivery-unverified';
import dnsNameMoved from './dns-name-moved';
import endpointsChanged from './endpoints-changed';
import evictionGuardLost from './eviction-guard-lost';
import evictionTolerated from './eviction-tolerated';
import flowCloses from './flow-closes';
import flowControlChanged from './flow-control-changed';
import flowOpens from './flow-opens';
import foreignRouteOpened from './foreign-route-opened';
import foreignRouteRemoved from './foreign-route-removed';
import graceShortened from './grace-shortened';
import guardPolicyLoosened from './guard-policy-loosened';
import guardRemoved from './guard-removed';
import guardTightened from './guard-tightened';
import hostPathWidened from './host-path-widened';
import hostPortOpened from './host-port-opened';
import immutableField from './immutable-field';
import initNotAwaited from './init-not-awaited';
import isolationBegins from './isolation-begins';
import kindUnknown from './kind-unknown';
import managedDataRemoved from './managed-data-removed';
import manifestRefused from './manifest-refused';
import markExposes from './mark-exposes';
import markStops from './mark-stops';
import memoryLimitLowered from './memory-limit-lowered';
import meshRefuses from './mesh-refuses';
import meshSwitched from './mesh-switched';
import metadataChanged from './metadata-changed';
import namesUnresolved from './names-unresolved';
import namespaceChosen from './namespace-chosen';
import namespaceLevelLowered from './namespace-level-lowered';
import namespaceRemoved from './namespace-removed';
import notificationsLost from './notifications-lost';
import operatedVolumeKept from './operated-volume-kept';
import ordinalsChanged from './ordinals-changed';
import podTemplateChanged from './pod-template-changed';
import podsFitNowhere from './pods-fit-nowhere';
import podsMayWait from './pods-may-wait';
import podsRefused from './pods-refused';
import podsUnseen from './pods-unseen';
import policyNarrowed from './policy-narrowed';
import policyOpened from './policy-opened';
import policySelectsNothing from './policy-selects-nothing';
import portClosed from './port-closed';
import portUnheard from './port-unheard';
import priorityLowered from './priority-lowered';
import probeLoosened from './probe-loosened';
import programBoundLowered from './program-bound-lowered';
import projectChanged from './project-changed';
import projectWidened from './project-widened';
import providerRemoved from './provider-removed';
import pssLowered from './pss-lowered';
import pullLoginRemoved from './pull-login-removed';
import quotaChanged from './quota-changed';
import quotaRefuses from './quota-refuses';
import rbacLost from './rbac-lost';
import rbacWidened from './rbac-widened';
import reclaimLoosened from './reclaim-loosened';
import redisPersistence from './redis-persistence';
import redundancyLost from './redundancy-lost';
import referenceBreaks from './reference-breaks';
import replicasChanged from './replicas-changed';
import requestsChanged from './requests-changed';
import requestsLimited from './requests-limited';
import requestsRewritten from './requests-rewritten';
import retentionShortened from './retention-shortened';
import revertRefused from './revert-refused';
import rolloutHeld from './rollout-held';
import rolloutInterrupts from './rollout-interrupts';
import rolloutResumed from './rollout-resumed';
import rolloutStalls from './rollout-stalls';
import routeOpened from './route-opened';
import routeRemoved from './route-removed';
import rulesLost from './rules-lost';
import scheduleChanged from './schedule-changed';
import schemaNarrowed from './schema-narrowed';
import scrapeLost from './scrape-lost';
import secretInPlain from './secret-in-plain';
import secretReadable from './secret-readable';
import secretRemoved from './secret-removed';
import serverReconfigured from './server-reconfigured';
import serviceCut from './service-cut';
import serviceExposed from './service-exposed';
import serviceNarrowed from './service-narrowed';
import snippetChanged from './snippet-changed';
import spreadLost from './spread-lost';
import statefulScaleDown from './stateful-scale-down';
import statefulSetRemoved from './stateful-set-removed';
import storageGrown from './storage-grown';
import storeBecomesEphemeral from './store-becomes-ephemeral';
import strategyLoosened from './strategy-loosened';
import subresourceSwitched from './subresource-switched';
import syncWindowsChanged from './sync-windows-changed';
import tlsLoosened from './tls-loosened';
import tokenMounted from './token-mounted';
import verificationSkipped from './verification-skipped';
import versionUnserved from './version-unserved';
import volumeRemoved from './volume-removed';
import webhookDistrusted from './webhook-distrusted';
import workloadRemoved from './workload-removed';

/** Every rule, by the alphabet. */
export const rules: readonly RiskRule[] = [
  admissionBlocks,
  admissionLoosened,
  admissionTightened,
  appliedInPlace,
  argocdNarrowed,
  argocdWidened,
  authenticationAsked,
  authenticationRemoved,
  autoscalerBlind,
  autoscalerRemoved,
  autoscalingBounds,
  bindingRefused,
  budgetBlocks,
  budgetLoosened,
  checkFails,
  claimRemoved,
  cloudIdentityChanged,
  clusterAccessChanged,
  clusterNamesLost,
  configNeedsRestart,
  configurationUnread,
  confinementLoosened,
  confinementTightened,
  conversionSwitched,
  crdRemoved,
  daemonSetNarrowed,
  databaseFilesChanged,
  defaultClassChanged,
  deliveryAutomated,
  deliveryMeansLost,
  deliveryRemoved,
  deliveryReplaces,
  deliveryUnpinned,
  deliveryUnseen,
  deliveryUnverified,
  dnsNameMoved,
  endpointsChanged,
  evictionGuardLost,
  evictionTolerated,
  flowCloses,
  flowControlChanged,
  flowOpens,
  foreignRouteOpened,
  foreignRouteRemoved,
  graceShortened,
  guardPolicyLoosened,
  guardRemoved,
  guardTightened,
  hostPathWidened,
  hostPortOpened,
  immutableField,
  initNotAwaited,
  isolationBegins,
  kindUnknown,
  managedDataRemoved,
  manifestRefused,
  markExposes,
  markStops,
  memoryLimitLowered,
  meshRefuses,
  meshSwitched,
  metadataChanged,
  namesUnresolved,
  namespaceChosen,
  namespaceLevelLowered,
  namespaceRemoved,
  notificationsLost,
  operatedVolumeKept,
  ordinalsChanged,
  podTemplateChanged,
  podsFitNowhere,
  podsMayWait,
  podsRefused,
  podsUnseen,
  policyNarrowed,
  policyOpened,
  policySelectsNothing,
  portClosed,
  portUnheard,
  priorityLowered,
  probeLoosened,
  programBoundLowered,
  projectChanged,
  projectWidened,
  providerRemoved,
  pssLowered,
  pullLoginRemoved,
  quotaChanged,
  quotaRefuses,
  rbacLost,
  rbacWidened,
  reclaimLoosened,
  redisPersistence,
  redundancyLost,
  referenceBreaks,
  replicasChanged,
  requestsChanged,
  requestsLimited,
  requestsRewritten,
  retentionShortened,
  revertRefused,
  rolloutHeld,
  rolloutInterrupts,
  rolloutResumed,
  rolloutStalls,
  routeOpened,
  routeRemoved,
  rulesLost,
  scheduleChanged,
  schemaNarrowed,
  scrapeLost,
  secretInPlain,
  secretReadable,
  secretRemoved,
  serverReconfigured,
  serviceCut,
  serviceExposed,
  serviceNarrowed,
  snippetChanged,
  spreadLost,
  statefulScaleDown,
  statefulSetRemoved,
  storageGrown,
  storeBecomesEphemeral,
  strategyLoosened,
  subresourceSwitched,
  syncWindowsChanged,
  tlsLoosened,
  tokenMounted,
  verificationSkipped,
  versionUnserved,
  volumeRemoved,
  webhookDistrusted,
  workloadRemoved,
];
