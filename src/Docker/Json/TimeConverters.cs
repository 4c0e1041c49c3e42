using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProviderAgent.Docker;

/// <summary>Durations that the engine writes as whole seconds. Images bring their own, so an absurd one is cut to what fits and never makes an
/// answer unreadable.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    private const long MaxSeconds = long.MaxValue / TimeSpan.TicksPerSecond;
    private const long MinSeconds = -MaxSeconds;

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromTicks(Math.Clamp(reader.GetInt64(), MinSeconds, MaxSeconds) * TimeSpan.TicksPerSecond);

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Ticks / TimeSpan.TicksPerSecond);
}

/// <summary>Durations that the engine writes as whole nanoseconds.</summary>
internal sealed class NanosecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetInt64() / TimeSpan.NanosecondsPerTick);

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(checked(value.Ticks * TimeSpan.NanosecondsPerTick));
}

/// <summary>
/// Times that the engine writes as seconds since 1970. An image says itself when it was made: one that says nothing (the year 1) or nonsense
/// must not make the list of all images unreadable, so what does not fit is cut to what does.
/// </summary>
internal sealed class UnixSecondsConverter : JsonConverter<DateTime>
{
    /// <summary>The first second of the year 1.</summary>
    private const long FirstSecond = -62_135_596_800;

    /// <summary>The last second of the year 9999.</summary>
    private const long LastSecond = 253_402_300_799;

    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTime.UnixEpoch.AddTicks(Math.Clamp(reader.GetInt64(), FirstSecond, LastSecond) * TimeSpan.TicksPerSecond);

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(new DateTimeOffset(value, TimeSpan.Zero).ToUnixTimeSeconds());
}
