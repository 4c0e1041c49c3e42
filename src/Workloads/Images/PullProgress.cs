using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>Adds up the layers of a pull.</summary>
/// <param name="time">The clock.</param>
/// <param name="progressed">Told at each sign of life: the size of all layers that are known so far.</param>
/// <param name="tell">Told every few seconds: what is done, and of how much.</param>
internal sealed class PullProgress(TimeProvider time, Action<long> progressed, Action<long, long> tell) : IProgress<JSONMessage>
{
    private const int MaxLayers = 1_000;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (long Done, long Total)> _layers = new(StringComparer.Ordinal);
    private long _toldAt = time.GetTimestamp();

    public void Report(JSONMessage value)
    {
        if (value is { ID: { } layer, Progress: { Total: > 0 } progress, Status: "Downloading" } && (_layers.Count < MaxLayers || _layers.ContainsKey(layer)))
            _layers[layer] = (progress.Current, progress.Total);
        var total = _layers.Values.Sum(known => known.Total);
        progressed(total);
        if (_layers.Count == 0 || time.GetElapsedTime(_toldAt) < Every) return;
        _toldAt = time.GetTimestamp();
        tell(_layers.Values.Sum(known => known.Done), total);
    }
}
