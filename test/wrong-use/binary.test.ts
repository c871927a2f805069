// Loaders run foreign code, and an engine keeps in its process what it failed to open.
import { describePlaces } from "./describe-places.js";

describePlaces(["databases", "loaders"], true);
