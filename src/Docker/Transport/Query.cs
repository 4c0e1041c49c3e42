using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ProviderAgent.Docker;

/// <summary>Query string of a call. Members that are null are left out.</summary>
internal sealed class Query
{
    private readonly StringBuilder _text = new();

    public Query Add(string name, string? value)
    {
        if (value is null) return this;
        _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return this;
    }

    public Query Add(string name, bool? value) => Add(name, value is null ? null : value.Value ? "1" : "0");

    public Query Add(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>Filters travel as JSON: <c>{"label":{"lease=L1":true}}</c>.</summary>
    public Query Add(string name, IDictionary<string, IDictionary<string, bool>>? filters)
    {
        if (filters is null or { Count: 0 }) return this;
        return Add(name, JsonSerializer.Serialize(filters, DockerJson.Type<IDictionary<string, IDictionary<string, bool>>>()));
    }

    public override string ToString() => _text.ToString();
}
