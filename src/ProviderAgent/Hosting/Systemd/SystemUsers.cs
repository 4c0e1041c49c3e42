using System.Globalization;

namespace ProviderAgent.Hosting.Systemd;

/// <summary>The users of this host, as the package's own are made: in /etc/passwd.</summary>
internal static class SystemUsers
{
    /// <summary>The id of a user; null when there is none of that name.</summary>
    /// <param name="name">The user.</param>
    /// <param name="file">The list of users.</param>
    public static uint? FindId(string name, string file = "/etc/passwd") => name.Length == 0 || !File.Exists(file) ? null : File.ReadLines(file)
        .Select(line => line.Split(':'))
        .Where(fields => fields.Length > 2 && fields[0] == name && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .Select(fields => (uint?)uint.Parse(fields[2], CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
