using System.Collections.Generic;
using System.Net.Http;
using System.Net.Http.Headers;

namespace BackupModule.Core.Storage.Http;

/// <summary>Headers of content that stands in for other content.</summary>
internal static class ContentHeaders
{
    /// <summary>Takes over all headers as they are.</summary>
    public static void TakeFrom(this HttpContentHeaders headers, HttpContent content)
    {
        // The length is computed when it is asked for, and is then among the headers.
        _ = content.Headers.ContentLength;
        foreach ((string name, HeaderStringValues values) in content.Headers.NonValidated)
        {
            headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }
    }
}
