using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ProviderAgent.Docker;

/// <summary>How models are read and written.</summary>
internal static class DockerJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        TypeInfoResolver = DockerJsonContext.Default.WithAddedModifier(KeepDefaultsForNull),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static JsonTypeInfo<T> Type<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>Reads one value that fills the whole stream.</summary>
    /// <exception cref="JsonException">It is something else; also for <c>null</c>, which no answer may be.</exception>
    public static async Task<T> ReadAsync<T>(Stream stream, CancellationToken cancellationToken) =>
        await JsonSerializer.DeserializeAsync(stream, Type<T>(), cancellationToken).ConfigureAwait(false) ?? throw new JsonException("the answer is null");

    public static HttpContent Content<T>(T value)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, Type<T>()));
        content.Headers.ContentType = new("application/json");
        return content;
    }

    /// <summary>
    /// The engine writes <c>null</c> for every empty list and map: members that are never null keep their empty default. Where the member is
    /// an id that must be there, null is as wrong as its absence.
    /// </summary>
    private static void KeepDefaultsForNull(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.IsSetNullable || property.PropertyType.IsValueType || property.Set is not { } set) continue;
            var mustBeText = property.IsRequired && property.PropertyType == typeof(string);
            var name = property.Name;
            property.Set = (target, value) =>
            {
                if (value is not null) set(target, value);
                else if (mustBeText) throw new JsonException($"{name} is null");
            };
        }
    }
}
