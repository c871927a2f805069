import { describePlaces } from "./describe-places.js";

describePlaces(["projects", "files", "sources", "queries", "gates"], false);
