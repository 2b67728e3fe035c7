export { FileNotes, type FileNotesOptions } from './leases/file-notes.js';
export { lateRevisions } from './leases/late-revisions.js';
export { type LeaseNotes, StoreNotes } from './leases/lease-notes.js';
export { type HeldLease, LeaseService, type LeaseServiceOptions } from './leases/lease-service.js';
