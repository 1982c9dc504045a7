/**
 * Endpoints that DNS announces by SRV records.
 *
 * @packageDocumentation
 */
export {
  type SrvEndpoint,
  srvEndpoints,
  type SrvEndpointsOptions,
} from './discovery/srvEndpoints.js';
