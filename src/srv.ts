export {
  type SrvEndpoint,
  srvEndpoints,
  type SrvEndpointsOptions,
} from './discovery/srvEndpoints.js';
