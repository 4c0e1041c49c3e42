using Microsoft.Extensions.Primitives;

namespace ProviderAgent.Gateway;

/// <summary>Reads the <c>Authorization</c> header.</summary>
internal static class AuthorizationHeader
{
    /// <summary>False when the header is there but not <c>Bearer TOKEN</c>.</summary>
    /// <param name="values">The header's values.</param>
    /// <param name="token">Null when there is no header.</param>
    public static bool TryRead(StringValues values, out string? token)
    {
        token = null;
        if (values.Count == 0) return true;
        if (values.Count > 1) return false;
        var fields = (values[0] ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 2 || !fields[0].Equals("bearer", StringComparison.OrdinalIgnoreCase)) return false;
        token = fields[1];
        return true;
    }
}
