export { Admin, type AdminOptions } from './admin.js';
export { adminRoutes, type RouteNeeds } from './http/routes.js';
export { openApi, sessionBodies } from './openapi.js';
