/**
 * Several endpoints behind one link.
 *
 * @packageDocumentation
 */
export type { EndpointOrder } from './many/arrangeEndpoints.js';
export type { Discover, DiscoverContext } from './many/discovery.js';
export { DiscoveryError } from './many/discoveryError.js';
export type { Endpoint, EndpointFields } from './many/endpoint.js';
export type { EjectOptions, EndpointEvent, EndpointsOptions } from './many/endpointOptions.js';
export { endpoints } from './many/endpoints.js';
export type { EndpointSession } from './many/endpointSession.js';
