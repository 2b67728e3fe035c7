export { Admin, type AdminOptions } from './admin.js';
export { type ListedOperation, listedOperations } from './http/operate.js';
export { adminRoutes, type RouteNeeds } from './http/routes.js';
export { openApi } from './openapi.js';
