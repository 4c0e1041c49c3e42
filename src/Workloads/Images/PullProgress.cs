using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>Adds up the layers of a pull and tells the sum every few seconds.</summary>
internal sealed class PullProgress(TimeProvider time, Action<long, long> tell) : IProgress<JSONMessage>
{
    private const int MaxLayers = 1_000;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (long Done, long Total)> _layers = new(StringComparer.Ordinal);
    private long _toldAt = time.GetTimestamp();

    public void Report(JSONMessage value)
    {
        if (value is not { ID: { } layer, Progress: { Total: > 0 } progress, Status: "Downloading" } || (_layers.Count >= MaxLayers && !_layers.ContainsKey(layer))) return;
        _layers[layer] = (progress.Current, progress.Total);
        if (time.GetElapsedTime(_toldAt) < Every) return;
        _toldAt = time.GetTimestamp();
        tell(_layers.Values.Sum(layer => layer.Done), _layers.Values.Sum(layer => layer.Total));
    }
}
