using System.Globalization;

namespace ProviderAgent.Docker;

/// <summary>API versions that this client speaks, and the choice of one that the engine speaks too.</summary>
internal static class ApiVersions
{
    /// <summary>Docker Engine 20.10, the oldest with the cgroup v2 support and the device requests that this client relies on.</summary>
    public static readonly Version Oldest = new(1, 41);

    /// <summary>Docker Engine 27: the newest whose changes to the members used here have been gone through.</summary>
    public static readonly Version Newest = new(1, 47);

    /// <summary>Reads the engine's own version from the header of its ping.</summary>
    /// <exception cref="EngineProtocolException">There is none, or it is no version.</exception>
    public static Version ParseHeader(string? header) =>
        TryParse(header, out var version)
            ? version
            : throw new EngineProtocolException(header is null
                ? "The answer to ping has no Api-Version: the address leads to something that is not a Docker engine."
                : "The answer to ping has an Api-Version that is no version: the address leads to something that is not a Docker engine.");

    /// <summary>The smaller of <paramref name="ours"/> and <paramref name="theirs"/>.</summary>
    /// <exception cref="EngineUnsupportedException">The engine is older than <see cref="Oldest"/>.</exception>
    public static Version Choose(Version ours, Version theirs, EngineEndpoint endpoint)
    {
        if (theirs < Oldest)
        {
            throw new EngineUnsupportedException(
                $"The container engine at {endpoint} speaks API {theirs}, and at least {Oldest} is needed; upgrade it to Docker Engine 20.10 or newer.");
        }

        return theirs < ours ? theirs : ours;
    }

    /// <summary>Checks the other side: engines drop old versions over the years.</summary>
    /// <exception cref="EngineUnsupportedException">The engine no longer speaks <paramref name="chosen"/>.</exception>
    public static void CheckMinimum(Version chosen, string? engineMinimum, EngineEndpoint endpoint)
    {
        if (TryParse(engineMinimum, out var minimum) && chosen < minimum)
        {
            throw new EngineUnsupportedException(
                $"The container engine at {endpoint} no longer speaks API versions before {minimum}, "
                + $"and this program knows them up to {chosen}; upgrade this program.");
        }
    }

    private static bool TryParse(string? text, out Version version)
    {
        version = Oldest;
        var dot = text?.IndexOf('.') ?? -1;
        if (text is null || dot < 1 || text.Length > 9
            || !int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var minor)) return false;
        version = new Version(major, minor);
        return true;
    }
}
