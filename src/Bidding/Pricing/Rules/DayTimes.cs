using System.Globalization;

namespace ProviderAgent.Bidding;

/// <summary>Hours of days by the clock on the wall of some place. Immutable.</summary>
/// <remarks>
/// Defined also when clocks change: what counts is the time that the clock shows. In spring the skipped hour does not come; in autumn the
/// repeated one counts both times. No stretch of time is ever both inside and outside.
/// </remarks>
internal sealed class DayTimes
{
    private const int MinutesPerDay = 24 * 60;
    private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly TimeZoneInfo _zone;
    private readonly bool[] _days;
    private readonly int _from;
    private readonly int _to;

    private DayTimes(TimeZoneInfo zone, bool[] days, int from, int to) => (_zone, _days, _from, _to) = (zone, days, from, to);

    /// <summary>Reads hours, days and time zone of a configuration.</summary>
    /// <returns>Null when something is wrong; <paramref name="problem"/> says what.</returns>
    public static DayTimes? Read(string? hours, IReadOnlyList<string> days, string zone, out (string Key, string Message) problem)
    {
        problem = default;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
        {
            problem = ("time_zone", $"'{zone}' is not a time zone that this host knows; write it as Europe/Berlin");
            return null;
        }

        var (from, to) = (0, MinutesPerDay);
        if (hours is not null && !TryReadHours(hours, out from, out to))
        {
            problem = ("hours", $"'{hours}' must be two different times such as 22:00-06:00");
            return null;
        }

        var chosen = new bool[7];
        foreach (var day in days)
        {
            var index = Array.IndexOf(Names, day);
            if (index < 0)
            {
                problem = ("days", $"'{day}' must be one of mon, tue, wed, thu, fri, sat, sun");
                return null;
            }

            chosen[index] = true;
        }

        if (days.Count == 0) Array.Fill(chosen, true);
        return new(found, chosen, from, to);
    }

    public bool Contains(DateTimeOffset moment) => Contains(TimeZoneInfo.ConvertTime(moment, _zone).DateTime);

    /// <summary>True when the clock on the wall shows a time of these.</summary>
    public bool Contains(DateTime wall)
    {
        var minute = (wall.Hour * 60) + wall.Minute;
        var day = (int)wall.DayOfWeek;
        if (_from < _to) return _days[day] && minute >= _from && minute < _to;
        return minute >= _from ? _days[day] : minute < _to && _days[(day + 6) % 7]; // after midnight it is still yesterday's
    }

    private static bool TryReadHours(string text, out int from, out int to)
    {
        (from, to) = (0, 0);
        return text.Split('-') is [var first, var last] && TryReadTime(first, out from) && TryReadTime(last, out to) && from != to && from < MinutesPerDay;
    }

    private static bool TryReadTime(string text, out int minute)
    {
        minute = 0;
        if (text.Trim().Split(':') is not [{ Length: 1 or 2 } hours, { Length: 2 } minutes]
            || !int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var h)
            || !int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var m)
            || m > 59 || (h * 60) + m > MinutesPerDay) return false;
        minute = (h * 60) + m;
        return true;
    }
}
