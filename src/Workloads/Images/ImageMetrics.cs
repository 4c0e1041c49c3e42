using System.Diagnostics.Metrics;

namespace ProviderAgent.Workloads;

/// <summary>Meter <c>ProviderAgent.Workloads</c>, images that are kept here. No image is a tag: there may be many.</summary>
internal sealed class ImageMetrics : IDisposable
{
    /// <summary>Name under which an exporter finds the instruments.</summary>
    public const string MeterName = "ProviderAgent.Workloads";

    private readonly Meter _meter;
    private readonly Counter<long> _aheads;
    private int _kept;

    public ImageMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _aheads = _meter.CreateCounter<long>("provider_images_ahead_total", description: "Looks after images that are kept here ahead of their use, by result.");
        _meter.CreateObservableGauge("provider_images_kept", () => Volatile.Read(ref _kept), description: "Images of workloads.images.keep that are here.");
    }

    /// <param name="result">current, pulled, given_up or fail.</param>
    public void Looked(string result) => _aheads.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Kept(int count) => Volatile.Write(ref _kept, count);

    public void Dispose() => _meter.Dispose();
}
