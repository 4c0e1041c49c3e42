using System.Text.Json;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;

namespace ProviderAgent.Chain.Events;

/// <summary>Attributes of a typed event. Each value is a piece of JSON of its own.</summary>
internal sealed class EventAttributes(ChainEvent source) : IDisposable
{
    // Ids, prices and hashes have a few hundred characters.
    private const int MaxValueLength = 8 * 1024;

    private static readonly JsonDocumentOptions Shallow = new() { MaxDepth = 4 };
    private readonly List<JsonDocument> _documents = [];

    /// <summary>The parsed value of an attribute; valid until this object is disposed.</summary>
    /// <exception cref="MalformedWireException">There is no such attribute, or it is far too long.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public JsonElement Json(string name)
    {
        foreach (var attribute in source.Attributes)
        {
            if (attribute.Key != name) continue;
            if (attribute.Value.Length > MaxValueLength) throw new MalformedWireException($"attribute '{name}' of {source.Type} is too long");
            var document = JsonDocument.Parse(attribute.Value, Shallow);
            _documents.Add(document);
            return document.RootElement;
        }

        throw new MalformedWireException($"event {source.Type} has no attribute '{name}'");
    }

    public void Dispose()
    {
        foreach (var document in _documents) document.Dispose();
    }
}
