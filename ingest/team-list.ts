import type { RawValues } from "./stamp.js";
import { TEAMS } from "./teams.js";

/** The rows of `nbac_team_list`. */
export function teamListRows(): RawValues[] {
  return TEAMS.map((team) => ({
    team_abbr: team.abbr,
    team_id: team.id,
    team_full_name: team.fullName,
    team_city: team.city,
    arena_latitude: team.latitude,
    arena_longitude: team.longitude,
    arena_timezone: team.timeZone,
  }));
}
