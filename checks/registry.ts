import type { Check } from './check';
import accessModeSupported from './rules/access-mode-supported';
import alertTestsPass from './rules/alert-tests-pass';
import apiRemoved from './rules/api-removed';
import applyOrderValid from './rules/apply-order-valid';
import argoAppResolves from './rules/argo-app-resolves';
import configmapExists from './rules/configmap-exists';
import configmapKeyExists from './rules/configmap-key-exists';
import cpuLimitPolicy from './rules/cpu-limit-policy';
import crSchema from './rules/cr-schema';
import cronScheduleValid from './rules/cron-schedule-valid';
import cronjobDeadlineConcurrency from './rules/cronjob-deadline-concurrency';
import declaredFlowAllowed from './rules/declared-flow-allowed';
import defaultStorageclassSingle from './rules/default-storageclass-single';
import dnsEgressAllowed from './rules/dns-egress-allowed';
import duplicateObject from './rules/duplicate-object';
import duplicateYamlKey from './rules/duplicate-yaml-key';
import envExpansionResolves from './rules/env-expansion-resolves';
import ephemeralStorageBounded from './rules/ephemeral-storage-bounded';
import exposureMinimal from './rules/exposure-minimal';
import gatewayCertExists from './rules/gateway-cert-exists';
import gatewayFlowAllowed from './rules/gateway-flow-allowed';
import gatewayListenersUnique from './rules/gateway-listeners-unique';
import gatewayclassExists from './rules/gatewayclass-exists';
import hpaBounds from './rules/hpa-bounds';
import hpaMetricServed from './rules/hpa-metric-served';
import hpaReplicasUnset from './rules/hpa-replicas-unset';
import hpaRequestsSet from './rules/hpa-requests-set';
import hpaTargetExists from './rules/hpa-target-exists';
import hpaTargetUnique from './rules/hpa-target-unique';
import hpaVpaSignals from './rules/hpa-vpa-signals';
import imagePinned from './rules/image-pinned';
import imagepullsecretExists from './rules/imagepullsecret-exists';
import immutableFieldChange from './rules/immutable-field-change';
import ingressBackend from './rules/ingress-backend';
import ingressClassExists from './rules/ingress-class-exists';
import ingressHostPathUnique from './rules/ingress-host-path-unique';
import ingressTlsHostMatch from './rules/ingress-tls-host-match';
import ingressTlsSecret from './rules/ingress-tls-secret';
import issuerExists from './rules/issuer-exists';
import jobTtl from './rules/job-ttl';
import kindKnown from './rules/kind-known';
import limitrangeConforms from './rules/limitrange-conforms';
import listMapDuplicates from './rules/list-map-duplicates';
import livenessSet from './rules/liveness-set';
import memoryGuaranteed from './rules/memory-guaranteed';
import memoryLimitSet from './rules/memory-limit-set';
import metricExists from './rules/metric-exists';
import monitorResolves from './rules/monitor-resolves';
import nakedPod from './rules/naked-pod';
import nameLabelSyntax from './rules/name-label-syntax';
import namespaceDeclared from './rules/namespace-declared';
import namespaceExplicit from './rules/namespace-explicit';
import netpolEnforcedByCni from './rules/netpol-enforced-by-cni';
import netpolPeerExists from './rules/netpol-peer-exists';
import netpolSelects from './rules/netpol-selects';
import netpolTypesConsistent from './rules/netpol-types-consistent';
import netpolUsesPodPort from './rules/netpol-uses-pod-port';
import optionalConfigExists from './rules/optional-config-exists';
import pdbAllowsEviction from './rules/pdb-allows-eviction';
import pdbPresent from './rules/pdb-present';
import pdbSelects from './rules/pdb-selects';
import pdbSingle from './rules/pdb-single';
import pdbUnhealthyPolicy from './rules/pdb-unhealthy-policy';
import pdbVsHpaMin from './rules/pdb-vs-hpa-min';
import podFitsOwnNamespacePsa from './rules/pod-fits-own-namespace-psa';
import prestopFitsGrace from './rules/prestop-fits-grace';
import priorityRuntimeClassExists from './rules/priority-runtime-class-exists';
import probePortDeclared from './rules/probe-port-declared';
import probeTimingSane from './rules/probe-timing-sane';
import probesDiffer from './rules/probes-differ';
import promConfigRulesValid from './rules/prom-config-rules-valid';
import promqlMeaning from './rules/promql-meaning';
import pssBaseline from './rules/pss-baseline';
import pssRestricted from './rules/pss-restricted';
import pvcExists from './rules/pvc-exists';
import pvcResizeLegal from './rules/pvc-resize-legal';
import quotaFits from './rules/quota-fits';
import quotaForcesRequests from './rules/quota-forces-requests';
import rbacDangerous from './rules/rbac-dangerous';
import rbacRolerefExists from './rules/rbac-roleref-exists';
import rbacRuleReal from './rules/rbac-rule-real';
import rbacSubjectExists from './rules/rbac-subject-exists';
import rbacWildcard from './rules/rbac-wildcard';
import readinessSet from './rules/readiness-set';
import readonlyRootfs from './rules/readonly-rootfs';
import referencegrantPresent from './rules/referencegrant-present';
import replicaFloor from './rules/replica-floor';
import requestLeLimit from './rules/request-le-limit';
import requestsSet from './rules/requests-set';
import restartPolicy from './rules/restart-policy';
import rolloutCanProgress from './rules/rollout-can-progress';
import routeAllowedByListener from './rules/route-allowed-by-listener';
import routeBackend from './rules/route-backend';
import routeHostnameIntersects from './rules/route-hostname-intersects';
import routeParentExists from './rules/route-parent-exists';
import rwoSharing from './rules/rwo-sharing';
import schemaValid from './rules/schema-valid';
import scrapeFlowAllowed from './rules/scrape-flow-allowed';
import secretAsEnv from './rules/secret-as-env';
import secretExists from './rules/secret-exists';
import secretKeyExists from './rules/secret-key-exists';
import secretLiteral from './rules/secret-literal';
import selectorMatchesTemplate from './rules/selector-matches-template';
import servicePortProtocol from './rules/service-port-protocol';
import serviceSelectorUnique from './rules/service-selector-unique';
import serviceSelectsWorkload from './rules/service-selects-workload';
import serviceTargetportResolves from './rules/service-targetport-resolves';
import serviceaccountExists from './rules/serviceaccount-exists';
import spreadDeclared from './rules/spread-declared';
import storageclassExists from './rules/storageclass-exists';
import stsHeadlessService from './rules/sts-headless-service';
import systemFlowAllowed from './rules/system-flow-allowed';
import tokenAutomount from './rules/token-automount';
import unknownField from './rules/unknown-field';
import unusedConfig from './rules/unused-config';
import volumeItemKeyExists from './rules/volume-item-key-exists';
import volumemountHasVolume from './rules/volumemount-has-volume';
import webhookServiceResolves from './rules/webhook-service-resolves';
import workloadIsolated from './rules/workload-isolated';

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
