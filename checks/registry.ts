import type { Check } from './check';
import duplicateObject from './rules/duplicate-object';
import schemaValid from './rules/schema-valid';
import unknownField from './rules/unknown-field';
import crSchema from './rules/cr-schema';
import kindKnown from './rules/kind-known';
import duplicateYamlKey from './rules/duplicate-yaml-key';
import nameLabelSyntax from './rules/name-label-syntax';
import listMapDuplicates from './rules/list-map-duplicates';
import selectorMatchesTemplate from './rules/selector-matches-template';
import volumemountHasVolume from './rules/volumemount-has-volume';
import cronScheduleValid from './rules/cron-schedule-valid';
import namespaceExplicit from './rules/namespace-explicit';
import namespaceDeclared from './rules/namespace-declared';
import immutableFieldChange from './rules/immutable-field-change';
import serviceSelectsWorkload from './rules/service-selects-workload';
import serviceTargetportResolves from './rules/service-targetport-resolves';
import servicePortProtocol from './rules/service-port-protocol';
import serviceSelectorUnique from './rules/service-selector-unique';
import stsHeadlessService from './rules/sts-headless-service';
import configmapExists from './rules/configmap-exists';
import configmapKeyExists from './rules/configmap-key-exists';
import secretExists from './rules/secret-exists';
import secretKeyExists from './rules/secret-key-exists';
import volumeItemKeyExists from './rules/volume-item-key-exists';
import optionalConfigExists from './rules/optional-config-exists';
import envExpansionResolves from './rules/env-expansion-resolves';
import imagepullsecretExists from './rules/imagepullsecret-exists';
import serviceaccountExists from './rules/serviceaccount-exists';
import rbacRolerefExists from './rules/rbac-roleref-exists';
import rbacSubjectExists from './rules/rbac-subject-exists';
import rbacRuleReal from './rules/rbac-rule-real';
import pvcExists from './rules/pvc-exists';
import hpaTargetExists from './rules/hpa-target-exists';
import hpaTargetUnique from './rules/hpa-target-unique';
import hpaVpaSignals from './rules/hpa-vpa-signals';
import hpaRequestsSet from './rules/hpa-requests-set';
import hpaBounds from './rules/hpa-bounds';
import hpaMetricServed from './rules/hpa-metric-served';
import ingressBackend from './rules/ingress-backend';
import ingressClassExists from './rules/ingress-class-exists';
import ingressTlsSecret from './rules/ingress-tls-secret';
import ingressTlsHostMatch from './rules/ingress-tls-host-match';
import ingressHostPathUnique from './rules/ingress-host-path-unique';
import gatewayclassExists from './rules/gatewayclass-exists';
import gatewayCertExists from './rules/gateway-cert-exists';
import gatewayListenersUnique from './rules/gateway-listeners-unique';
import routeParentExists from './rules/route-parent-exists';
import routeAllowedByListener from './rules/route-allowed-by-listener';
import routeHostnameIntersects from './rules/route-hostname-intersects';
import routeBackend from './rules/route-backend';
import referencegrantPresent from './rules/referencegrant-present';
import webhookServiceResolves from './rules/webhook-service-resolves';
import priorityRuntimeClassExists from './rules/priority-runtime-class-exists';
import issuerExists from './rules/issuer-exists';
import unusedConfig from './rules/unused-config';
import readinessSet from './rules/readiness-set';
import livenessSet from './rules/liveness-set';
import probesDiffer from './rules/probes-differ';
import probePortDeclared from './rules/probe-port-declared';
import probeTimingSane from './rules/probe-timing-sane';
import prestopFitsGrace from './rules/prestop-fits-grace';
import restartPolicy from './rules/restart-policy';
import cronjobDeadlineConcurrency from './rules/cronjob-deadline-concurrency';
import jobTtl from './rules/job-ttl';
import rolloutCanProgress from './rules/rollout-can-progress';
import imagePinned from './rules/image-pinned';
import nakedPod from './rules/naked-pod';
import requestsSet from './rules/requests-set';
import memoryLimitSet from './rules/memory-limit-set';
import cpuLimitPolicy from './rules/cpu-limit-policy';
import requestLeLimit from './rules/request-le-limit';
import memoryGuaranteed from './rules/memory-guaranteed';
import ephemeralStorageBounded from './rules/ephemeral-storage-bounded';
import limitrangeConforms from './rules/limitrange-conforms';
import quotaFits from './rules/quota-fits';
import quotaForcesRequests from './rules/quota-forces-requests';
import spreadDeclared from './rules/spread-declared';
import replicaFloor from './rules/replica-floor';
import pdbPresent from './rules/pdb-present';
import pdbSelects from './rules/pdb-selects';
import pdbAllowsEviction from './rules/pdb-allows-eviction';
import pdbVsHpaMin from './rules/pdb-vs-hpa-min';
import pdbSingle from './rules/pdb-single';
import pdbUnhealthyPolicy from './rules/pdb-unhealthy-policy';
import workloadIsolated from './rules/workload-isolated';
import netpolSelects from './rules/netpol-selects';
import netpolPeerExists from './rules/netpol-peer-exists';
import netpolTypesConsistent from './rules/netpol-types-consistent';
import dnsEgressAllowed from './rules/dns-egress-allowed';
import declaredFlowAllowed from './rules/declared-flow-allowed';
import scrapeFlowAllowed from './rules/scrape-flow-allowed';
import gatewayFlowAllowed from './rules/gateway-flow-allowed';
import systemFlowAllowed from './rules/system-flow-allowed';
import netpolUsesPodPort from './rules/netpol-uses-pod-port';
import netpolEnforcedByCni from './rules/netpol-enforced-by-cni';
import exposureMinimal from './rules/exposure-minimal';
import pssBaseline from './rules/pss-baseline';
import pssRestricted from './rules/pss-restricted';
import podFitsOwnNamespacePsa from './rules/pod-fits-own-namespace-psa';
import secretLiteral from './rules/secret-literal';
import secretAsEnv from './rules/secret-as-env';
import tokenAutomount from './rules/token-automount';
import rbacWildcard from './rules/rbac-wildcard';
import rbacDangerous from './rules/rbac-dangerous';
import readonlyRootfs from './rules/readonly-rootfs';
import storageclassExists from './rules/storageclass-exists';
import defaultStorageclassSingle from './rules/default-storageclass-single';
import rwoSharing from './rules/rwo-sharing';
import pvcResizeLegal from './rules/pvc-resize-legal';
import accessModeSupported from './rules/access-mode-supported';
import monitorResolves from './rules/monitor-resolves';
import promConfigRulesValid from './rules/prom-config-rules-valid';
import alertTestsPass from './rules/alert-tests-pass';
import promqlMeaning from './rules/promql-meaning';
import metricExists from './rules/metric-exists';
import hpaReplicasUnset from './rules/hpa-replicas-unset';
import argoAppResolves from './rules/argo-app-resolves';
import applyOrderValid from './rules/apply-order-valid';
import apiRemoved from './rules/api-removed';

/** Every check, in the order of the catalogue. */
export const checks: readonly Check[] = [
  schemaValid,
  unknownField,
  crSchema,
  kindKnown,
  duplicateYamlKey,
  duplicateObject,
  nameLabelSyntax,
  listMapDuplicates,
  selectorMatchesTemplate,
  volumemountHasVolume,
  cronScheduleValid,
  namespaceExplicit,
  namespaceDeclared,
  immutableFieldChange,
  serviceSelectsWorkload,
  serviceTargetportResolves,
  servicePortProtocol,
  serviceSelectorUnique,
  stsHeadlessService,
  configmapExists,
  configmapKeyExists,
  secretExists,
  secretKeyExists,
  volumeItemKeyExists,
  optionalConfigExists,
  envExpansionResolves,
  imagepullsecretExists,
  serviceaccountExists,
  rbacRolerefExists,
  rbacSubjectExists,
  rbacRuleReal,
  pvcExists,
  hpaTargetExists,
  hpaTargetUnique,
  hpaVpaSignals,
  hpaRequestsSet,
  hpaBounds,
  hpaMetricServed,
  ingressBackend,
  ingressClassExists,
  ingressTlsSecret,
  ingressTlsHostMatch,
  ingressHostPathUnique,
  gatewayclassExists,
  gatewayCertExists,
  gatewayListenersUnique,
  routeParentExists,
  routeAllowedByListener,
  routeHostnameIntersects,
  routeBackend,
  referencegrantPresent,
  webhookServiceResolves,
  priorityRuntimeClassExists,
  issuerExists,
  unusedConfig,
  readinessSet,
  livenessSet,
  probesDiffer,
  probePortDeclared,
  probeTimingSane,
  prestopFitsGrace,
  restartPolicy,
  cronjobDeadlineConcurrency,
  jobTtl,
  rolloutCanProgress,
  imagePinned,
  nakedPod,
  requestsSet,
  memoryLimitSet,
  cpuLimitPolicy,
  requestLeLimit,
  memoryGuaranteed,
  ephemeralStorageBounded,
  limitrangeConforms,
  quotaFits,
  quotaForcesRequests,
  spreadDeclared,
  replicaFloor,
  pdbPresent,
  pdbSelects,
  pdbAllowsEviction,
  pdbVsHpaMin,
  pdbSingle,
  pdbUnhealthyPolicy,
  workloadIsolated,
  netpolSelects,
  netpolPeerExists,
  netpolTypesConsistent,
  dnsEgressAllowed,
  declaredFlowAllowed,
  scrapeFlowAllowed,
  gatewayFlowAllowed,
  systemFlowAllowed,
  netpolUsesPodPort,
  netpolEnforcedByCni,
  exposureMinimal,
  pssBaseline,
  pssRestricted,
  podFitsOwnNamespacePsa,
  secretLiteral,
  secretAsEnv,
  tokenAutomount,
  rbacWildcard,
  rbacDangerous,
  readonlyRootfs,
  storageclassExists,
  defaultStorageclassSingle,
  rwoSharing,
  pvcResizeLegal,
  accessModeSupported,
  monitorResolves,
  promConfigRulesValid,
  alertTestsPass,
  promqlMeaning,
  metricExists,
  hpaReplicasUnset,
  argoAppResolves,
  applyOrderValid,
  apiRemoved,
];
