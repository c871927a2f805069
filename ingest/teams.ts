/** A team and its arena, as of the 2021-22 season. Coordinates in degrees, zones from the IANA database. */
export interface Team {
  readonly abbr: string;
  readonly id: number;
  readonly fullName: string;
  readonly city: string;
  readonly nickname: string;
  readonly arenaCity: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly timeZone: string;
  readonly conference: "East" | "West";
  readonly division: string;
}

const EASTERN = "America/New_York";
const CENTRAL = "America/Chicago";
const MOUNTAIN = "America/Denver";
const PACIFIC = "America/Los_Angeles";

type TeamLine = readonly [
  abbr: string,
  city: string,
  nickname: string,
  arenaCity: string,
  latitude: number,
  longitude: number,
  timeZone: string,
];

/** NBA.com numbers the teams in this order, from 1610612737 on. */
const TEAM_LINES: readonly TeamLine[] = [
  ["ATL", "Atlanta", "Hawks", "Atlanta", 33.7573, -84.3963, EASTERN],
  ["BOS", "Boston", "Celtics", "Boston", 42.3662, -71.0621, EASTERN],
  ["CLE", "Cleveland", "Cavaliers", "Cleveland", 41.4965, -81.6882, EASTERN],
  ["NOP", "New Orleans", "Pelicans", "New Orleans", 29.949, -90.0821, CENTRAL],
  ["CHI", "Chicago", "Bulls", "Chicago", 41.8807, -87.6742, CENTRAL],
  ["DAL", "Dallas", "Mavericks", "Dallas", 32.7905, -96.8103, CENTRAL],
  ["DEN", "Denver", "Nuggets", "Denver", 39.7487, -105.0077, MOUNTAIN],
  ["GSW", "Golden State", "Warriors", "San Francisco", 37.768, -122.3877, PACIFIC],
  ["HOU", "Houston", "Rockets", "Houston", 29.7508, -95.3621, CENTRAL],
  ["LAC", "LA", "Clippers", "Los Angeles", 34.043, -118.2673, PACIFIC],
  ["LAL", "Los Angeles", "Lakers", "Los Angeles", 34.043, -118.2673, PACIFIC],
  ["MIA", "Miami", "Heat", "Miami", 25.7814, -80.187, EASTERN],
  ["MIL", "Milwaukee", "Bucks", "Milwaukee", 43.0451, -87.9172, CENTRAL],
  ["MIN", "Minnesota", "Timberwolves", "Minneapolis", 44.9795, -93.2761, CENTRAL],
  ["BKN", "Brooklyn", "Nets", "Brooklyn", 40.6826, -73.9754, EASTERN],
  ["NYK", "New York", "Knicks", "New York", 40.7505, -73.9934, EASTERN],
  ["ORL", "Orlando", "Magic", "Orlando", 28.5392, -81.3839, EASTERN],
  ["IND", "Indiana", "Pacers", "Indianapolis", 39.764, -86.1555, "America/Indiana/Indianapolis"],
  ["PHI", "Philadelphia", "76ers", "Philadelphia", 39.9012, -75.172, EASTERN],
  ["PHX", "Phoenix", "Suns", "Phoenix", 33.4457, -112.0712, "America/Phoenix"],
  ["POR", "Portland", "Trail Blazers", "Portland", 45.5316, -122.6668, PACIFIC],
  ["SAC", "Sacramento", "Kings", "Sacramento", 38.5802, -121.4997, PACIFIC],
  ["SAS", "San Antonio", "Spurs", "San Antonio", 29.427, -98.4375, CENTRAL],
  ["OKC", "Oklahoma City", "Thunder", "Oklahoma City", 35.4634, -97.5151, CENTRAL],
  ["TOR", "Toronto", "Raptors", "Toronto", 43.6435, -79.3791, "America/Toronto"],
  ["UTA", "Utah", "Jazz", "Salt Lake City", 40.7683, -111.9011, MOUNTAIN],
  ["MEM", "Memphis", "Grizzlies", "Memphis", 35.1382, -90.0505, CENTRAL],
  ["WAS", "Washington", "Wizards", "Washington", 38.8981, -77.0209, EASTERN],
  ["DET", "Detroit", "Pistons", "Detroit", 42.3411, -83.0553, "America/Detroit"],
  ["CHA", "Charlotte", "Hornets", "Charlotte", 35.2251, -80.8392, EASTERN],
];

const FIRST_TEAM_ID = 1610612737;

/** The divisions, East first; five teams each. */
const DIVISIONS: Readonly<Record<string, readonly string[]>> = {
  Atlantic: ["BOS", "BKN", "NYK", "PHI", "TOR"],
  Central: ["CHI", "CLE", "DET", "IND", "MIL"],
  Southeast: ["ATL", "CHA", "MIA", "ORL", "WAS"],
  Northwest: ["DEN", "MIN", "OKC", "POR", "UTA"],
  Pacific: ["GSW", "LAC", "LAL", "PHX", "SAC"],
  Southwest: ["DAL", "HOU", "MEM", "NOP", "SAS"],
};
const EASTERN_DIVISIONS = ["Atlantic", "Central", "Southeast"];

function divisionOf(abbr: string): string {
  const entry = Object.entries(DIVISIONS).find(([, teams]) => teams.includes(abbr));
  if (entry === undefined) throw new Error(`team ${abbr} has no division`);
  return entry[0];
}

export const TEAMS: readonly Team[] = TEAM_LINES.map(
  ([abbr, city, nickname, arenaCity, latitude, longitude, timeZone], index) => {
    const division = divisionOf(abbr);
    return {
      abbr,
      id: FIRST_TEAM_ID + index,
      fullName: `${city} ${nickname}`,
      city,
      nickname,
      arenaCity,
      latitude,
      longitude,
      timeZone,
      conference: EASTERN_DIVISIONS.includes(division) ? "East" : "West",
      division,
    };
  },
);

export const TEAM_BY_ABBR: ReadonlyMap<string, Team> = new Map(TEAMS.map((team) => [team.abbr, team]));

/** Full names besides today's: the Clippers have two, others moved. */
const NAME_ALIASES: Readonly<Record<string, string>> = {
  losangelesclippers: "LAC",
  lalakers: "LAL",
  charlottebobcats: "CHA",
  newjerseynets: "BKN",
  neworleanshornets: "NOP",
  seattlesupersonics: "OKC",
};

const letters = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
const BY_FULL_NAME = new Map(TEAMS.map((team) => [letters(team.fullName), team]));

/** Codes that other sources use besides the league's own, and those of the teams' former names and towns. */
const CODE_ALIASES: Readonly<Record<string, string>> = {
  brk: "BKN",
  bro: "BKN",
  chh: "CHA",
  cho: "CHA",
  gs: "GSW",
  njn: "BKN",
  no: "NOP",
  noh: "NOP",
  nok: "NOP",
  nor: "NOP",
  ny: "NYK",
  pho: "PHX",
  sa: "SAS",
  san: "SAS",
  sea: "OKC",
  uth: "UTA",
  utah: "UTA",
  van: "MEM",
  wsh: "WAS",
};

const BY_ID = new Map(TEAMS.map((team) => [String(team.id), team]));

/** The team of a league id, which stays through changes of name and town. */
export function teamById(id: string): Team | undefined {
  return BY_ID.get(id);
}

/** The team of a full name as bookmakers and reports write it, whatever its case and blanks. */
export function teamByFullName(name: string): Team | undefined {
  const key = letters(name);
  return BY_FULL_NAME.get(key) ?? TEAM_BY_ABBR.get(NAME_ALIASES[key] ?? "");
}

/** The team of whatever names one: full name, code, league id or nickname. */
export function teamByAny(text: string): Team | undefined {
  return teamByFullName(text) ?? teamByCode(text) ?? teamById(text.replace(/\.0$/, "")) ?? teamByNickname(text);
}

/** The team of a code in any case, the league's (`GSW`) or the short one of betting data (`gs`). */
export function teamByCode(code: string): Team | undefined {
  return TEAM_BY_ABBR.get(CODE_ALIASES[code.toLowerCase()] ?? code.toUpperCase());
}

/** The team of a nickname or of its last word (`Blazers`). */
export function teamByNickname(nickname: string): Team | undefined {
  return TEAMS.find((team) => team.nickname === nickname || team.nickname.endsWith(` ${nickname}`));
}
