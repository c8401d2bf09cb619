/**
 * How the metrics of Kubernetes' own components begin: `test/instrumentation/documentation/documentation-list.yaml` of the Kubernetes
 * repository, of 1.35, and those that older versions had.
 */
const COMPONENTS = [
  ...[
    'aggregator',
    'apiextensions',
    'apiserver',
    'authenticated_user',
    'authentication',
    'authorization',
    'field_validation',
  ],
  ...[
    'attach_detach_controller',
    'attachdetach_controller',
    'cloud_provider',
    'cloudprovider',
    'clustertrustbundle_publisher',
  ],
  ...[
    'cronjob_controller',
    'device_taint_eviction_controller',
    'endpoint_slice_controller',
    'endpoint_slice_mirroring_controller',
  ],
  ...[
    'ephemeral_volume_controller',
    'garbagecollector_controller',
    'horizontal_pod_autoscaler_controller',
    'job_controller',
  ],
  ...[
    'node_collector',
    'node_controller',
    'node_ipam_controller',
    'pod_gc_collector',
    'pv_collector',
    'replicaset_controller',
  ],
  ...['resourceclaim_controller', 'retroactive_storageclass', 'root_ca_cert_publisher', 'selinux_warning_controller'],
  ...[
    'service_cidr_controller',
    'service_controller',
    'serviceaccount',
    'taint_eviction_controller',
    'ttl_after_finished_controller',
  ],
  ...[
    'cadvisor',
    'container',
    'csi_operations',
    'dra',
    'force_cleaned_failed_volume',
    'kubelet',
    'machine',
    'plugin_manager',
  ],
  ...[
    'prober_probe',
    'reconstruct_volume',
    'resource_scrape',
    'storage_count',
    'storage_operation',
    'volume_manager',
    'volume_operation',
  ],
  ...[
    'kubeproxy',
    'scheduler',
    'etcd',
    'etcd_request',
    'watch_cache',
    'pod_security',
    'leader_election',
    'rest_client',
    'workqueue',
  ],
  ...[
    'disabled_metric',
    'hidden_metric',
    'registered_metric',
    'disabled_metrics',
    'hidden_metrics',
    'registered_metrics',
  ],
  ...[
    'kubernetes',
    'running_managed_controllers',
    'reflector',
    'ssh_tunnel',
    'get_token',
    'network_plugin_operations',
    'coredns',
  ],
];
/** The metrics of a node and its pods that the kubelet sums up. */
const RESOURCES = /^(?:node|pod)_(?:cpu_usage_seconds_total|memory_working_set_bytes|swap_usage_bytes)$/;
const BEGINNING = new RegExp(`^(?:${COMPONENTS.join('|')})(?:_|$)`);

/** Whether a component of Kubernetes, in some version and some configuration, exposes a metric of this name. */
export function isComponentMetric(name: string): boolean {
  return BEGINNING.test(name) || RESOURCES.test(name) || name === 'version_info';
}
