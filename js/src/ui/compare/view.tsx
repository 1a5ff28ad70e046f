import type {State} from "../../state/state"; export function CompareView({state}:{state:State}) { void state; return <p/>; }
