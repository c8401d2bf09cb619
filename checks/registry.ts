// Generated from the files of checks/rules by `npm run checks`; a test compares it with them.
import type { Check } from './check';
import drainSimulated from './rules/disruption/drain-simulated';
import pdbAllowsEviction from './rules/disruption/pdb-allows-eviction';
import pdbPerVersion from './rules/disruption/pdb-per-version';
import pdbPresent from './rules/disruption/pdb-present';
import pdbSelects from './rules/disruption/pdb-selects';
import pdbSingle from './rules/disruption/pdb-single';
import pdbUnhealthyPolicy from './rules/disruption/pdb-unhealthy-policy';
import pdbVsHpaMin from './rules/disruption/pdb-vs-hpa-min';
import replicaFloor from './rules/disruption/replica-floor';
import analysisAnswersWithoutTraffic from './rules/gitops/analysis-answers-without-traffic';
import applyOrderValid from './rules/gitops/apply-order-valid';
import argoAppResolves from './rules/gitops/argo-app-resolves';
import argoProjectPermits from './rules/gitops/argo-project-permits';
import hpaReplicasUnset from './rules/gitops/hpa-replicas-unset';
import jobImmutableUnderGitops from './rules/gitops/job-immutable-under-gitops';
import releaseWriterSingle from './rules/gitops/release-writer-single';
import rolloutReferences from './rules/gitops/rollout-references';
import rolloutSpecValid from './rules/gitops/rollout-spec-valid';
import commandWordsSplit from './rules/lifecycle/command-words-split';
import cronjobDeadlineConcurrency from './rules/lifecycle/cronjob-deadline-concurrency';
import cronjobOverlap from './rules/lifecycle/cronjob-overlap';
import envDefinedOnce from './rules/lifecycle/env-defined-once';
import fqdnFitsHostname from './rules/lifecycle/fqdn-fits-hostname';
import imagePinned from './rules/lifecycle/image-pinned';
import imageReferenceValid from './rules/lifecycle/image-reference-valid';
import jobFailurePolicyOrder from './rules/lifecycle/job-failure-policy-order';
import jobTtl from './rules/lifecycle/job-ttl';
import livenessSet from './rules/lifecycle/liveness-set';
import mirrorIsHarmless from './rules/lifecycle/mirror-is-harmless';
import nakedPod from './rules/lifecycle/naked-pod';
import prestopFitsGrace from './rules/lifecycle/prestop-fits-grace';
import probePortDeclared from './rules/lifecycle/probe-port-declared';
import probeTimingSane from './rules/lifecycle/probe-timing-sane';
import probesDiffer from './rules/lifecycle/probes-differ';
import rabbitmqFormsCluster from './rules/lifecycle/rabbitmq-forms-cluster';
import readinessSet from './rules/lifecycle/readiness-set';
import restartPolicy from './rules/lifecycle/restart-policy';
import rolloutCanProgress from './rules/lifecycle/rollout-can-progress';
import scheduleExistsAllYear from './rules/lifecycle/schedule-exists-all-year';
import switchHasCapacity from './rules/lifecycle/switch-has-capacity';
import adapterConfigValid from './rules/monitoring/adapter-config-valid';
import adapterRuleResolves from './rules/monitoring/adapter-rule-resolves';
import alertLabelsExist from './rules/monitoring/alert-labels-exist';
import alertRouted from './rules/monitoring/alert-routed';
import alertTestsPass from './rules/monitoring/alert-tests-pass';
import alertmanagerConfigValid from './rules/monitoring/alertmanager-config-valid';
import allowlistCovers from './rules/monitoring/allowlist-covers';
import dashboardValid from './rules/monitoring/dashboard-valid';
import datasourceResolves from './rules/monitoring/datasource-resolves';
import discoveryFinds from './rules/monitoring/discovery-finds';
import discoveryPermitted from './rules/monitoring/discovery-permitted';
import grafanaProvisioned from './rules/monitoring/grafana-provisioned';
import inhibitionSourceUrgent from './rules/monitoring/inhibition-source-urgent';
import inhibitionTellsSomebody from './rules/monitoring/inhibition-tells-somebody';
import intervalWithinLookback from './rules/monitoring/interval-within-lookback';
import listenPortDeclared from './rules/monitoring/listen-port-declared';
import metricExists from './rules/monitoring/metric-exists';
import metricsServerTrustsKubelets from './rules/monitoring/metrics-server-trusts-kubelets';
import monitorResolves from './rules/monitoring/monitor-resolves';
import monitorSelected from './rules/monitoring/monitor-selected';
import monitoringStackComplete from './rules/monitoring/monitoring-stack-complete';
import operatorSecretExists from './rules/monitoring/operator-secret-exists';
import promConfigRulesValid from './rules/monitoring/prom-config-rules-valid';
import promqlMeaning from './rules/monitoring/promql-meaning';
import rangeHoldsSamples from './rules/monitoring/range-holds-samples';
import receiverReachable from './rules/monitoring/receiver-reachable';
import scrapeAnswered from './rules/monitoring/scrape-answered';
import scrapeOnce from './rules/monitoring/scrape-once';
import scrapePermitted from './rules/monitoring/scrape-permitted';
import scrapeTargetResolves from './rules/monitoring/scrape-target-resolves';
import scrapeTimeoutFits from './rules/monitoring/scrape-timeout-fits';
import sloBucketExists from './rules/monitoring/slo-bucket-exists';
import configHostResolves from './rules/networking/config-host-resolves';
import configLocalhostListens from './rules/networking/config-localhost-listens';
import configMembersExist from './rules/networking/config-members-exist';
import configPortExists from './rules/networking/config-port-exists';
import declaredFlowAllowed from './rules/networking/declared-flow-allowed';
import dnsEgressAllowed from './rules/networking/dns-egress-allowed';
import exposureMinimal from './rules/networking/exposure-minimal';
import externalHostAllowed from './rules/networking/external-host-allowed';
import gatewayFlowAllowed from './rules/networking/gateway-flow-allowed';
import meshVersionsAlike from './rules/networking/mesh-versions-alike';
import mutualTlsReachable from './rules/networking/mutual-tls-reachable';
import netpolEnforcedByCni from './rules/networking/netpol-enforced-by-cni';
import netpolPeerExists from './rules/networking/netpol-peer-exists';
import netpolPortExists from './rules/networking/netpol-port-exists';
import netpolSelects from './rules/networking/netpol-selects';
import netpolTypesConsistent from './rules/networking/netpol-types-consistent';
import netpolUsesPodPort from './rules/networking/netpol-uses-pod-port';
import scrapeFlowAllowed from './rules/networking/scrape-flow-allowed';
import serviceAddressUnique from './rules/networking/service-address-unique';
import systemFlowAllowed from './rules/networking/system-flow-allowed';
import workloadIsolated from './rules/networking/workload-isolated';
import admissionPolicyResolves from './rules/references/admission-policy-resolves';
import admissionRuleReal from './rules/references/admission-rule-real';
import apiServiceUnique from './rules/references/api-service-unique';
import canaryIngressHasMain from './rules/references/canary-ingress-has-main';
import configFileExists from './rules/references/config-file-exists';
import configmapExists from './rules/references/configmap-exists';
import configmapKeyExists from './rules/references/configmap-key-exists';
import endpointsliceServes from './rules/references/endpointslice-serves';
import envExpansionResolves from './rules/references/env-expansion-resolves';
import externalNameResolves from './rules/references/external-name-resolves';
import gatekeeperConstraintValid from './rules/references/gatekeeper-constraint-valid';
import gatewayCertExists from './rules/references/gateway-cert-exists';
import gatewayListenersUnique from './rules/references/gateway-listeners-unique';
import gatewayclassExists from './rules/references/gatewayclass-exists';
import headerRuleCoversPaths from './rules/references/header-rule-covers-paths';
import imagepullsecretExists from './rules/references/imagepullsecret-exists';
import ingressAnnotationKnown from './rules/references/ingress-annotation-known';
import ingressAuthSecret from './rules/references/ingress-auth-secret';
import ingressBackend from './rules/references/ingress-backend';
import ingressClassExists from './rules/references/ingress-class-exists';
import ingressControllerMaintained from './rules/references/ingress-controller-maintained';
import ingressHostPathUnique from './rules/references/ingress-host-path-unique';
import ingressRegexHostWide from './rules/references/ingress-regex-host-wide';
import ingressTlsHostMatch from './rules/references/ingress-tls-host-match';
import ingressTlsSecret from './rules/references/ingress-tls-secret';
import issuerExists from './rules/references/issuer-exists';
import istioDestinationResolves from './rules/references/istio-destination-resolves';
import istioRuleReachable from './rules/references/istio-rule-reachable';
import listenersetAttached from './rules/references/listenerset-attached';
import optionalConfigExists from './rules/references/optional-config-exists';
import priorityRuntimeClassExists from './rules/references/priority-runtime-class-exists';
import pvcExists from './rules/references/pvc-exists';
import rbacRolerefExists from './rules/references/rbac-roleref-exists';
import rbacRuleEffective from './rules/references/rbac-rule-effective';
import rbacRuleReal from './rules/references/rbac-rule-real';
import rbacSubjectExists from './rules/references/rbac-subject-exists';
import referencegrantPresent from './rules/references/referencegrant-present';
import resourceFieldResolves from './rules/references/resource-field-resolves';
import routeAllowedByListener from './rules/references/route-allowed-by-listener';
import routeBackend from './rules/references/route-backend';
import routeFeatureSupported from './rules/references/route-feature-supported';
import routeHostnameIntersects from './rules/references/route-hostname-intersects';
import routeParentExists from './rules/references/route-parent-exists';
import routePrecedenceAgrees from './rules/references/route-precedence-agrees';
import secretExists from './rules/references/secret-exists';
import secretKeyExists from './rules/references/secret-key-exists';
import secretStoreExists from './rules/references/secret-store-exists';
import serviceHasEndpoints from './rules/references/service-has-endpoints';
import servicePortProtocol from './rules/references/service-port-protocol';
import serviceSelectorUnique from './rules/references/service-selector-unique';
import serviceSelectsWorkload from './rules/references/service-selects-workload';
import serviceTargetportResolves from './rules/references/service-targetport-resolves';
import serviceaccountExists from './rules/references/serviceaccount-exists';
import stsHeadlessService from './rules/references/sts-headless-service';
import stsServiceNamed from './rules/references/sts-service-named';
import tlsAuthorityExists from './rules/references/tls-authority-exists';
import unusedConfig from './rules/references/unused-config';
import volumeItemKeyExists from './rules/references/volume-item-key-exists';
import webhookServiceResolves from './rules/references/webhook-service-resolves';
import weightedBackendHasPods from './rules/references/weighted-backend-has-pods';
import cpuLimitPolicy from './rules/resources/cpu-limit-policy';
import ephemeralStorageBounded from './rules/resources/ephemeral-storage-bounded';
import heapFitsLimit from './rules/resources/heap-fits-limit';
import limitrangeConforms from './rules/resources/limitrange-conforms';
import limitrangeImpliesRequest from './rules/resources/limitrange-implies-request';
import memoryGuaranteed from './rules/resources/memory-guaranteed';
import memoryLimitSet from './rules/resources/memory-limit-set';
import qosAsAsked from './rules/resources/qos-as-asked';
import quotaCountsStopping from './rules/resources/quota-counts-stopping';
import quotaFits from './rules/resources/quota-fits';
import quotaForcesRequests from './rules/resources/quota-forces-requests';
import quotaScopeLegal from './rules/resources/quota-scope-legal';
import requestLeLimit from './rules/resources/request-le-limit';
import requestsSet from './rules/resources/requests-set';
import resourceUnitMeant from './rules/resources/resource-unit-meant';
import resourceUnitUsable from './rules/resources/resource-unit-usable';
import storeFitsLimit from './rules/resources/store-fits-limit';
import autoscalerSettingsReal from './rules/scaling/autoscaler-settings-real';
import clockScalerSingle from './rules/scaling/clock-scaler-single';
import hpaBacklogAverage from './rules/scaling/hpa-backlog-average';
import hpaBounds from './rules/scaling/hpa-bounds';
import hpaFieldByVersion from './rules/scaling/hpa-field-by-version';
import hpaMetricServed from './rules/scaling/hpa-metric-served';
import hpaRequestsSet from './rules/scaling/hpa-requests-set';
import hpaTargetExists from './rules/scaling/hpa-target-exists';
import hpaTargetReachable from './rules/scaling/hpa-target-reachable';
import hpaTargetUnique from './rules/scaling/hpa-target-unique';
import hpaVpaSignals from './rules/scaling/hpa-vpa-signals';
import kedaAuthResolves from './rules/scaling/keda-auth-resolves';
import kedaBounds from './rules/scaling/keda-bounds';
import kedaCountsUnacked from './rules/scaling/keda-counts-unacked';
import kedaFlowAllowed from './rules/scaling/keda-flow-allowed';
import kedaTriggerValid from './rules/scaling/keda-trigger-valid';
import nodeCanLeave from './rules/scaling/node-can-leave';
import vpaBoundsFit from './rules/scaling/vpa-bounds-fit';
import vpaCanAct from './rules/scaling/vpa-can-act';
import vpaModeCurrent from './rules/scaling/vpa-mode-current';
import vpaTargetExists from './rules/scaling/vpa-target-exists';
import antiaffinityDomains from './rules/scheduling/antiaffinity-domains';
import archMatches from './rules/scheduling/arch-matches';
import fitsSomeNode from './rules/scheduling/fits-some-node';
import hostportConflict from './rules/scheduling/hostport-conflict';
import nMinusOneFits from './rules/scheduling/n-minus-one-fits';
import nodeAffinityMatches from './rules/scheduling/node-affinity-matches';
import priorityAdmitted from './rules/scheduling/priority-admitted';
import replicasFit from './rules/scheduling/replicas-fit';
import spreadDeclared from './rules/scheduling/spread-declared';
import spreadSatisfiable from './rules/scheduling/spread-satisfiable';
import spreadSelectsPods from './rules/scheduling/spread-selects-pods';
import taintsTolerated from './rules/scheduling/taints-tolerated';
import volumeZoneCompatible from './rules/scheduling/volume-zone-compatible';
import crSchema from './rules/schema/cr-schema';
import crdValid from './rules/schema/crd-valid';
import crdVersionsAgree from './rules/schema/crd-versions-agree';
import cronScheduleValid from './rules/schema/cron-schedule-valid';
import derivedNameFits from './rules/schema/derived-name-fits';
import duplicateObject from './rules/schema/duplicate-object';
import duplicateYamlKey from './rules/schema/duplicate-yaml-key';
import immutableFieldChange from './rules/schema/immutable-field-change';
import istioSpecValid from './rules/schema/istio-spec-valid';
import kindKnown from './rules/schema/kind-known';
import listMapDuplicates from './rules/schema/list-map-duplicates';
import nameLabelSyntax from './rules/schema/name-label-syntax';
import namespaceDeclared from './rules/schema/namespace-declared';
import namespaceExplicit from './rules/schema/namespace-explicit';
import schemaValid from './rules/schema/schema-valid';
import selectorMatchesTemplate from './rules/schema/selector-matches-template';
import serverFieldsUnset from './rules/schema/server-fields-unset';
import unknownField from './rules/schema/unknown-field';
import volumemountHasVolume from './rules/schema/volumemount-has-volume';
import yamlKeyAsWritten from './rules/schema/yaml-key-as-written';
import podFitsOwnNamespacePsa from './rules/security/pod-fits-own-namespace-psa';
import pssBaseline from './rules/security/pss-baseline';
import pssRestricted from './rules/security/pss-restricted';
import rbacDangerous from './rules/security/rbac-dangerous';
import rbacWildcard from './rules/security/rbac-wildcard';
import readonlyRootfs from './rules/security/readonly-rootfs';
import runAsNonRootUser from './rules/security/run-as-non-root-user';
import secretAsEnv from './rules/security/secret-as-env';
import secretLiteral from './rules/security/secret-literal';
import tokenAutomount from './rules/security/token-automount';
import accessModeSupported from './rules/storage/access-mode-supported';
import defaultStorageclassSingle from './rules/storage/default-storageclass-single';
import emptyDirMedium from './rules/storage/empty-dir-medium';
import localPathProvisions from './rules/storage/local-path-provisions';
import pvcResizeLegal from './rules/storage/pvc-resize-legal';
import retentionFitsVolume from './rules/storage/retention-fits-volume';
import rwoSharing from './rules/storage/rwo-sharing';
import storageclassExists from './rules/storage/storageclass-exists';
import volumeBindsClaim from './rules/storage/volume-binds-claim';
import apiRemoved from './rules/upgrade/api-removed';
import endpointsDeprecated from './rules/upgrade/endpoints-deprecated';
import istioFieldCurrent from './rules/upgrade/istio-field-current';
import upgradeDrainable from './rules/upgrade/upgrade-drainable';
import versionSkew from './rules/upgrade/version-skew';

/** Every check, by group. */
export const checks: readonly Check[] = [
  // schema
  crSchema,
  crdValid,
  crdVersionsAgree,
  cronScheduleValid,
  derivedNameFits,
  duplicateObject,
  duplicateYamlKey,
  immutableFieldChange,
  istioSpecValid,
  kindKnown,
  listMapDuplicates,
  nameLabelSyntax,
  namespaceDeclared,
  namespaceExplicit,
  schemaValid,
  selectorMatchesTemplate,
  serverFieldsUnset,
  unknownField,
  volumemountHasVolume,
  yamlKeyAsWritten,
  // references
  admissionPolicyResolves,
  admissionRuleReal,
  apiServiceUnique,
  canaryIngressHasMain,
  configFileExists,
  configmapExists,
  configmapKeyExists,
  endpointsliceServes,
  envExpansionResolves,
  externalNameResolves,
  gatekeeperConstraintValid,
  gatewayCertExists,
  gatewayListenersUnique,
  gatewayclassExists,
  headerRuleCoversPaths,
  imagepullsecretExists,
  ingressAnnotationKnown,
  ingressAuthSecret,
  ingressBackend,
  ingressClassExists,
  ingressControllerMaintained,
  ingressHostPathUnique,
  ingressRegexHostWide,
  ingressTlsHostMatch,
  ingressTlsSecret,
  issuerExists,
  istioDestinationResolves,
  istioRuleReachable,
  listenersetAttached,
  optionalConfigExists,
  priorityRuntimeClassExists,
  pvcExists,
  rbacRolerefExists,
  rbacRuleEffective,
  rbacRuleReal,
  rbacSubjectExists,
  referencegrantPresent,
  resourceFieldResolves,
  routeAllowedByListener,
  routeBackend,
  routeFeatureSupported,
  routeHostnameIntersects,
  routeParentExists,
  routePrecedenceAgrees,
  secretExists,
  secretKeyExists,
  secretStoreExists,
  serviceHasEndpoints,
  servicePortProtocol,
  serviceSelectorUnique,
  serviceSelectsWorkload,
  serviceTargetportResolves,
  serviceaccountExists,
  stsHeadlessService,
  stsServiceNamed,
  tlsAuthorityExists,
  unusedConfig,
  volumeItemKeyExists,
  webhookServiceResolves,
  weightedBackendHasPods,
  // lifecycle
  commandWordsSplit,
  cronjobDeadlineConcurrency,
  cronjobOverlap,
  envDefinedOnce,
  fqdnFitsHostname,
  imagePinned,
  imageReferenceValid,
  jobFailurePolicyOrder,
  jobTtl,
  livenessSet,
  mirrorIsHarmless,
  nakedPod,
  prestopFitsGrace,
  probePortDeclared,
  probeTimingSane,
  probesDiffer,
  rabbitmqFormsCluster,
  readinessSet,
  restartPolicy,
  rolloutCanProgress,
  scheduleExistsAllYear,
  switchHasCapacity,
  // resources
  cpuLimitPolicy,
  ephemeralStorageBounded,
  heapFitsLimit,
  limitrangeConforms,
  limitrangeImpliesRequest,
  memoryGuaranteed,
  memoryLimitSet,
  qosAsAsked,
  quotaCountsStopping,
  quotaFits,
  quotaForcesRequests,
  quotaScopeLegal,
  requestLeLimit,
  requestsSet,
  resourceUnitMeant,
  resourceUnitUsable,
  storeFitsLimit,
  // scaling
  autoscalerSettingsReal,
  clockScalerSingle,
  hpaBacklogAverage,
  hpaBounds,
  hpaFieldByVersion,
  hpaMetricServed,
  hpaRequestsSet,
  hpaTargetExists,
  hpaTargetReachable,
  hpaTargetUnique,
  hpaVpaSignals,
  kedaAuthResolves,
  kedaBounds,
  kedaCountsUnacked,
  kedaFlowAllowed,
  kedaTriggerValid,
  nodeCanLeave,
  vpaBoundsFit,
  vpaCanAct,
  vpaModeCurrent,
  vpaTargetExists,
  // scheduling
  antiaffinityDomains,
  archMatches,
  fitsSomeNode,
  hostportConflict,
  nMinusOneFits,
  nodeAffinityMatches,
  priorityAdmitted,
  replicasFit,
  spreadDeclared,
  spreadSatisfiable,
  spreadSelectsPods,
  taintsTolerated,
  volumeZoneCompatible,
  // disruption
  drainSimulated,
  pdbAllowsEviction,
  pdbPerVersion,
  pdbPresent,
  pdbSelects,
  pdbSingle,
  pdbUnhealthyPolicy,
  pdbVsHpaMin,
  replicaFloor,
  // networking
  configHostResolves,
  configLocalhostListens,
  configMembersExist,
  configPortExists,
  declaredFlowAllowed,
  dnsEgressAllowed,
  exposureMinimal,
  externalHostAllowed,
  gatewayFlowAllowed,
  meshVersionsAlike,
  mutualTlsReachable,
  netpolEnforcedByCni,
  netpolPeerExists,
  netpolPortExists,
  netpolSelects,
  netpolTypesConsistent,
  netpolUsesPodPort,
  scrapeFlowAllowed,
  serviceAddressUnique,
  systemFlowAllowed,
  workloadIsolated,
  // security
  podFitsOwnNamespacePsa,
  pssBaseline,
  pssRestricted,
  rbacDangerous,
  rbacWildcard,
  readonlyRootfs,
  runAsNonRootUser,
  secretAsEnv,
  secretLiteral,
  tokenAutomount,
  // storage
  accessModeSupported,
  defaultStorageclassSingle,
  emptyDirMedium,
  localPathProvisions,
  pvcResizeLegal,
  retentionFitsVolume,
  rwoSharing,
  storageclassExists,
  volumeBindsClaim,
  // monitoring
  adapterConfigValid,
  adapterRuleResolves,
  alertLabelsExist,
  alertRouted,
  alertTestsPass,
  alertmanagerConfigValid,
  allowlistCovers,
  dashboardValid,
  datasourceResolves,
  discoveryFinds,
  discoveryPermitted,
  grafanaProvisioned,
  inhibitionSourceUrgent,
  inhibitionTellsSomebody,
  intervalWithinLookback,
  listenPortDeclared,
  metricExists,
  metricsServerTrustsKubelets,
  monitorResolves,
  monitorSelected,
  monitoringStackComplete,
  operatorSecretExists,
  promConfigRulesValid,
  promqlMeaning,
  rangeHoldsSamples,
  receiverReachable,
  scrapeAnswered,
  scrapeOnce,
  scrapePermitted,
  scrapeTargetResolves,
  scrapeTimeoutFits,
  sloBucketExists,
  // gitops
  analysisAnswersWithoutTraffic,
  applyOrderValid,
  argoAppResolves,
  argoProjectPermits,
  hpaReplicasUnset,
  jobImmutableUnderGitops,
  releaseWriterSingle,
  rolloutReferences,
  rolloutSpecValid,
  // upgrade
  apiRemoved,
  endpointsDeprecated,
  istioFieldCurrent,
  upgradeDrainable,
  versionSkew,
];
