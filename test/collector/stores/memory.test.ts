import { createMemoryStore } from '../../../collector/stores/memory.ts';
import { describeStore } from '../../contract/store-contract.ts';

describeStore('memory', { open: async () => createMemoryStore() });
