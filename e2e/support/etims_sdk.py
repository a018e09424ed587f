"""
Runs the published Python SDK of eTIMS (kra-etims-sdk on PyPI), unchanged but for where its two hosts lead, against a
simulator. Prints one JSON line: what each call answered, or the error it raised.

Usage: etims_sdk.py BASE_URL CREDENTIALS_JSON CACHE_FILE
"""

import json
import sys

import requests
from kra_etims_sdk.oauth import AuthOClient
from kra_etims_sdk.oclient import EtimsOClient

base, credentials, cache_file = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
device = credentials["initializedDevice"]
send = requests.Session.request


def redirected(self, method, url, **rest):
    for host in ("https://sbx.kra.go.ke", "https://etims-api-sbx.kra.go.ke"):
        if url.startswith(host):
            return send(self, method, base + url[len(host):], **rest)
    raise SystemExit("The SDK asked a host that is not the sandbox's.")


requests.Session.request = redirected


def client(tin, branch, key):
    config = {
        "env": "sbx",
        "cache_file": cache_file,
        "auth": {
            "sbx": {"consumer_key": credentials["consumerKey"], "consumer_secret": credentials["consumerSecret"]}
        },
        "http": {"timeout": 30},
        "oscu": {"tin": tin, "bhf_id": branch, "device_serial": "", "cmc_key": key},
    }
    return EtimsOClient(config, AuthOClient(config))


answers = {}


def call(name, work):
    try:
        answers[name] = work()["resultCd"]
    except Exception as error:  # What the SDK raises is what its users see.
        answers[name] = type(error).__name__ + ": " + str(error)[:300]


fresh = client(credentials["tin"], credentials["bhfId"], "")
init = {"tin": credentials["tin"], "bhfId": credentials["bhfId"], "dvcSrlNo": credentials["deviceSerial"]}
call("init", lambda: fresh.select_init_osdc_info(init))
call("init again", lambda: fresh.select_init_osdc_info(init))

etims = client(device["tin"], device["bhfId"], device["cmcKey"])
since = {"lastReqDt": "20180101000000"}
audit = {"regrId": "admin", "regrNm": "Admin", "modrId": "admin", "modrNm": "Admin"}
goods = {
    "itemSeq": 1,
    "itemCd": "KE2NTNO0000001",
    "itemClsCd": "5059690800",
    "itemNm": "Kikombe",
    "pkgUnitCd": "NT",
    "qtyUnitCd": "NO",
    "taxTyCd": "B",
}
for name in (
    "select_code_list",
    "select_branches",
    "select_item_classes",
    "select_notice_list",
    "select_items",
    "select_imported_items",
    "select_purchases",
    "select_stock_movement",
):
    call(name, lambda: getattr(etims, name)(since))
call("select_customer", lambda: etims.select_customer({"custmTin": "P000000002B"}))
call(
    "save_item",
    lambda: etims.save_item(
        {
            **{key: goods[key] for key in goods if key != "itemSeq"},
            **{"itemTyCd": "2", "orgnNatCd": "KE", "dftPrc": "1160", "isrcAplcbYn": "N", "useYn": "Y", **audit},
        }
    ),
)
call(
    "save_stock_io",
    lambda: etims.save_stock_io(
        {
            **{"tin": device["tin"], "bhfId": device["bhfId"], "sarNo": 1, "orgSarNo": 0, "regTyCd": "M"},
            **{"sarTyCd": "06", "ocrnDt": "20260105", "totItemCnt": 1, **audit},
            **{"totTaxblAmt": 10000, "totTaxAmt": 1600, "totAmt": 11600},
            "itemList": [
                {
                    **goods,
                    **{"pkg": 10, "qty": 10, "prc": 1160, "splyAmt": 11600, "totDcAmt": 0},
                    **{"taxblAmt": 10000, "taxAmt": 1600, "totAmt": 11600},
                }
            ],
        }
    ),
)
call("save_stock_master", lambda: etims.save_stock_master({"itemCd": goods["itemCd"], "rsdQty": 10, **audit}))
bands = {field + band: 0 for field in ("taxblAmt", "taxRt", "taxAmt") for band in "ABCDE"}
call(
    "save_sales_transaction",
    lambda: etims.save_sales_transaction(
        {
            **{"tin": device["tin"], "bhfId": device["bhfId"], "cmcKey": device["cmcKey"], "trdInvcNo": "INV1"},
            **{"invcNo": "1", "orgInvcNo": "0", "rcptTyCd": "S", "salesSttsCd": "02", "cfmDt": "20260105101500"},
            **{"salesDt": "20260105", "totItemCnt": 1, **bands, "taxblAmtB": 1000, "taxRtB": 16, "taxAmtB": 160},
            **{"totTaxblAmt": 1000, "totTaxAmt": 160, "totAmt": 1160, "prchrAcptcYn": "N", **audit},
            "receipt": {"rcptPbctDt": "20260105101500", "prchrAcptcYn": "N"},
            # Tax on top of a net amount, as this SDK's own check demands.
            "itemList": [
                {
                    **goods,
                    **{"pkg": 1, "qty": 1, "prc": 1000, "splyAmt": 1000, "dcRt": 0, "dcAmt": 0},
                    **{"taxblAmt": 1000, "taxAmt": 160, "totAmt": 1160},
                }
            ],
        }
    ),
)
print(json.dumps(answers))
